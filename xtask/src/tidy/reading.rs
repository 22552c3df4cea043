//! Reads the checkout into a [`Tree`]: cargo's metadata and every text file that is not built, fetched or made by a
//! run. The only part of tidy that touches the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Member, TextFile, Tree};
use crate::workshop::{Failure, Workshop, output};

/// Folders that hold nothing we wrote.
const NOT_OURS: &[&str] = &[
    "target",
    ".git",
    "node_modules",
    ".demo",
    "__pycache__",
    "dist",
    "wasm",
    ".venv",
];

/// Reads the whole checkout.
///
/// # Errors
/// When cargo's metadata or a folder cannot be read.
pub fn read(workshop: &Workshop) -> Result<Tree, Failure> {
    let metadata = output(
        "cargo metadata",
        &mut workshop.cargo(&["metadata", "--quiet", "--format-version", "1"]),
    )?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| {
        Failure::new(format!(
            "cargo metadata printed something else than JSON: {error}"
        ))
    })?;
    let mut files = Vec::new();
    collect(&workshop.root, &workshop.root, &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(Tree::new(members(&metadata), files))
}

/// Adds the text files below a folder. What is not UTF-8 is no text.
fn collect(root: &Path, folder: &Path, files: &mut Vec<TextFile>) -> Result<(), Failure> {
    let unreadable = |error| Failure::new(format!("tidy: {} cannot be read: {error}", folder.display()));
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            collect(root, &path, files)?;
        } else if kind.is_file() {
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let path = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            files.push(TextFile { path, text });
        }
    }
    Ok(())
}

fn texts<'value>(value: &'value Value, key: &str) -> impl Iterator<Item = &'value Value> {
    value[key].as_array().into_iter().flatten()
}

/// The members of the workspace with their edges.
#[must_use]
pub fn members(metadata: &Value) -> Vec<Member> {
    let root = metadata["workspace_root"].as_str().unwrap_or_default();
    let ids: BTreeSet<&str> = texts(metadata, "workspace_members")
        .filter_map(Value::as_str)
        .collect();
    let packages: BTreeMap<&str, &Value> = texts(metadata, "packages")
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: BTreeMap<&str, &Value> = texts(&metadata["resolve"], "nodes")
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let folder = |id: &str| {
        let manifest = packages
            .get(id)
            .and_then(|package| package["manifest_path"].as_str())
            .unwrap_or_default();
        let inner = manifest.strip_prefix(root).unwrap_or(manifest);
        inner.trim_end_matches("Cargo.toml").trim_matches('/').to_owned()
    };
    let name = |id: &str| {
        packages
            .get(id)
            .and_then(|package| package["name"].as_str())
            .unwrap_or(id)
            .to_owned()
    };
    let member = |id: &&str| Member {
        folder: folder(id),
        ours: edges(&nodes, id, true)
            .filter(|other| ids.contains(other))
            .map(folder)
            .collect(),
        foreign: reached(&nodes, id)
            .iter()
            .filter(|other| !ids.contains(*other))
            .map(|id| name(id))
            .collect(),
    };
    ids.iter().map(member).collect()
}

/// What a package names for building and running, and with `in_tests` for testing too.
fn edges<'value>(
    nodes: &BTreeMap<&str, &'value Value>,
    id: &str,
    in_tests: bool,
) -> impl Iterator<Item = &'value str> {
    let wanted = move |dependency: &&Value| {
        in_tests || texts(dependency, "dep_kinds").any(|kind| kind["kind"].as_str() != Some("dev"))
    };
    nodes
        .get(id)
        .into_iter()
        .flat_map(|node| texts(node, "deps"))
        .filter(wanted)
        .filter_map(|dependency| dependency["pkg"].as_str())
}

/// All that is built into a package, however deep.
fn reached<'value>(nodes: &BTreeMap<&str, &'value Value>, id: &str) -> BTreeSet<&'value str> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&str> = edges(nodes, id, false).collect();
    while let Some(next) = waiting.pop() {
        if seen.insert(next) {
            waiting.extend(edges(nodes, next, false));
        }
    }
    seen
}
