//! Tests of attachments, told as rights and limits.
