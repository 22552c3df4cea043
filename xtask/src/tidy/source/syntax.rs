//! Small questions about syntax that the walk asks: what a `use` brings in, what a path stands for, whether an
//! attribute marks a test or excuses a call. They collect nothing.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Meta, UseTree};

/// The lints that watch over the calls that stop the program.
const STOPPING_LINTS: &[&str] = &["unwrap_used", "expect_used", "panic", "unreachable"];

fn flatten(tree: &UseTree) -> Vec<(usize, String, Vec<String>)> {
    match tree {
        UseTree::Path(path) => {
            let mut inner = flatten(&path.tree);
            for (_, _, rest) in &mut inner {
                rest.insert(0, path.ident.to_string());
            }
            inner
        }
        UseTree::Name(name) => {
            vec![(
                name.ident.span().start().line,
                name.ident.to_string(),
                vec![name.ident.to_string()],
            )]
        }
        UseTree::Rename(name) => {
            vec![(
                name.ident.span().start().line,
                name.rename.to_string(),
                vec![name.ident.to_string()],
            )]
        }
        UseTree::Glob(glob) => vec![(
            glob.star_token.span.start().line,
            "*".to_owned(),
            vec!["*".to_owned()],
        )],
        UseTree::Group(group) => group.items.iter().flat_map(flatten).collect(),
    }
}

/// Every path that a `use` brings in, with its line and the name that it brings.
pub(super) fn imported(tree: &UseTree) -> Vec<(usize, String, Vec<String>)> {
    let mut paths = flatten(tree);
    for (_, name, path) in paths
        .iter_mut()
        .filter(|(_, _, path)| path.last().is_some_and(|last| last == "self"))
    {
        path.pop();
        if name == "self" {
            *name = path.last().cloned().unwrap_or_default();
        }
    }
    paths
}

/// What each imported name of a file's top level stands for.
pub(super) fn imports(file: &syn::File, module: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut known = BTreeMap::new();
    for item in &file.items {
        let syn::Item::Use(item) = item else { continue };
        for (_, name, path) in imported(&item.tree) {
            known.insert(name, from_crate(&path, module));
        }
    }
    known
}

/// Writes `self` and `super` at the start of a path out from the module that it stands in.
pub(super) fn from_crate(path: &[String], module: &[String]) -> Vec<String> {
    let mut base = module.to_vec();
    let mut rest = path;
    let mut relative = false;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "self" => {}
            "super" => {
                base.pop();
            }
            _ => break,
        }
        relative = true;
        rest = others;
    }
    if !relative {
        return path.to_vec();
    }
    base.extend_from_slice(rest);
    base
}

pub(super) fn resolve(
    path: &[String],
    module: &[String],
    known: &BTreeMap<String, Vec<String>>,
) -> Vec<String> {
    match path.split_first() {
        Some((first, rest)) if known.contains_key(first) => {
            let full = known.get(first).into_iter().flatten();
            full.chain(rest).cloned().collect()
        }
        _ => from_crate(path, module),
    }
}

pub(super) fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// The next segment of a path, when `::name` comes next.
pub(super) fn path_continues(tokens: &[TokenTree], index: usize) -> Option<String> {
    match (tokens.get(index), tokens.get(index + 1), tokens.get(index + 2)) {
        (colon, second, Some(TokenTree::Ident(name))) if is_punct(colon, ':') && is_punct(second, ':') => {
            Some(name.to_string())
        }
        _ => None,
    }
}

/// The words of an attribute, such as `cfg ( any ( test , … ) )`.
fn words_of(tokens: TokenStream) -> Vec<String> {
    let word = |token| match token {
        TokenTree::Ident(ident) => vec![ident.to_string()],
        TokenTree::Group(group) => words_of(group.stream()),
        _ => Vec::new(),
    };
    tokens.into_iter().flat_map(word).collect()
}

/// `#[cfg(test)]` and its like, and `#[test]` of any runner.
pub(super) fn is_for_tests(attribute: &Attribute) -> bool {
    if attribute
        .path()
        .segments
        .last()
        .is_some_and(|last| last.ident == "test")
    {
        return true;
    }
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let words = words_of(list.tokens.clone());
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    list.path.is_ident("cfg") && has("test") && !has("not")
}

/// `#[expect(clippy::expect_used, reason = "…")]` and its like.
pub(super) fn is_reasoned_excuse(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else {
        return false;
    };
    let words = words_of(list.tokens.clone());
    (list.path.is_ident("expect") || list.path.is_ident("allow"))
        && words.iter().any(|word| word == "reason")
        && words.iter().any(|word| STOPPING_LINTS.contains(&word.as_str()))
}

pub(super) fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    let syn::Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(text),
        ..
    }) = &pair.value
    else {
        return None;
    };
    pair.path.is_ident("doc").then(|| text.value())
}
