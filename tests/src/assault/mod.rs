//! Hostile bytes, made and not kept: honest samples that are taken apart and changed by rule, families of input
//! made to cost, and the dice that choose between them.

pub mod assertions;
pub mod chunks;
pub mod cost;
pub mod families;
pub mod files;
pub mod messages;
pub mod rows;
pub mod storm;
