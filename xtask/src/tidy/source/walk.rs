//! The walk through a file's syntax that collects the facts of a [`Source`]. Macros are read word by word, since what
//! stands inside them is syntax only to the macro.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::Attribute;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::syntax::{
    doc_line, from_crate, imported, imports, is_for_tests, is_punct, is_reasoned_excuse, path_continues,
    resolve,
};
use super::{Function, Source, Spot, Stop, home, is_test_path};

/// The calls that stop the program where the value is not the hoped one.
const STOPPING_CALLS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
/// The macros that stop the program.
const STOPPING_MACROS: &[&str] = &["panic", "unreachable"];

pub(super) fn walk(path: &str, text: &str, file: &syn::File) -> Source {
    let source = Source {
        path: path.to_owned(),
        text: text.to_owned(),
        is_test: is_test_path(path) || file.attrs.iter().any(is_for_tests),
        names: Vec::new(),
        quotes: Vec::new(),
        functions: Vec::new(),
        stops: Vec::new(),
        switched_off: Vec::new(),
        test_lines: Vec::new(),
        test_modules: Vec::new(),
        doc: file
            .attrs
            .iter()
            .filter_map(doc_line)
            .collect::<Vec<_>>()
            .join("\n"),
    };
    let module = module_of(path);
    let lines = text.lines().map(str::trim).collect();
    let tests = usize::from(source.is_test);
    let mut walker = Walker {
        source,
        lines,
        module,
        known: BTreeMap::new(),
        tests,
        excuses: 0,
        statements: vec![],
    };
    walker.known = imports(file, &walker.module);
    walker.inside(&file.attrs, |walker| visit::visit_file(walker, file));
    walker.source
}

/// `server/src/api/desk.rs` is the module `crate::api::desk`.
fn module_of(path: &str) -> Vec<String> {
    let inner = home(path).split_once("/src").map_or("", |(_, inner)| inner);
    let parts = inner
        .split('/')
        .filter(|part| !part.is_empty())
        .map(str::to_owned);
    std::iter::once("crate".to_owned()).chain(parts).collect()
}

struct Walker<'text> {
    source: Source,
    lines: Vec<&'text str>,
    module: Vec<String>,
    /// What each imported name stands for.
    known: BTreeMap<String, Vec<String>>,
    /// How many tests we are inside of.
    tests: usize,
    /// How many reasoned excuses for stopping the program we are inside of.
    excuses: usize,
    /// The statements we are inside of, each with whether a reasoned excuse stands in it.
    statements: Vec<(usize, bool)>,
}

impl Walker<'_> {
    fn inside(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let test = usize::from(attributes.iter().any(is_for_tests));
        let excuse = usize::from(attributes.iter().any(is_reasoned_excuse));
        self.tests += test;
        self.excuses += excuse;
        visit(self);
        self.tests -= test;
        self.excuses -= excuse;
    }

    fn spot(&self, line: usize, what: impl Into<String>) -> Spot {
        Spot {
            line,
            what: what.into(),
            in_test: self.tests > 0,
        }
    }

    fn name(&mut self, line: usize, segments: &[String]) {
        let segments = resolve(segments, &self.module, &self.known);
        let spot = self.spot(line, segments.join("::"));
        self.source.names.push(spot);
    }

    fn stop(&mut self, line: usize, what: &str) {
        let excused = self.excuses > 0 || self.statements.iter().any(|(_, excused)| *excused);
        let explained = excused || self.is_commented(line);
        let spot = self.spot(line, what);
        self.source.stops.push(Stop { spot, explained });
    }

    /// Whether a comment stands on the line, or right above it or above one of the statements around it.
    fn is_commented(&self, line: usize) -> bool {
        let at = |line: usize| {
            line.checked_sub(1)
                .and_then(|index| self.lines.get(index))
                .copied()
        };
        let innermost = self.statements.last().map_or(line, |(first, _)| *first);
        at(line).is_some_and(|text| text.contains("// "))
            || [line, innermost]
                .iter()
                .any(|line| at(line.saturating_sub(1)).is_some_and(|t| t.starts_with("// ")))
    }

    fn function(&mut self, attributes: &[Attribute], signature: &syn::Signature, block: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let end = block.brace_token.span.close().end().line;
        let in_test = self.tests > 0 || attributes.iter().any(is_for_tests);
        let name = signature.ident.to_string();
        self.source.functions.push(Function {
            name,
            line,
            lines: end + 1 - line,
            in_test,
        });
        if let Some(off) = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident("ignore"))
        {
            let spot = self.spot(off.span().start().line, "ignore");
            self.source.switched_off.push(spot);
        }
    }

    /// Reads the inside of a macro: paths, quoted texts and stopping calls.
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut index = 0;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => self.quote_literal(literal),
                TokenTree::Punct(_) => {}
                TokenTree::Ident(first) => {
                    let line = first.span().start().line;
                    let after_dot = index >= 2 && is_punct(tokens.get(index - 2), '.');
                    let mut segments = vec![first.to_string()];
                    while let Some(next) = path_continues(&tokens, index) {
                        segments.push(next);
                        index += 3;
                    }
                    self.word(line, &segments, after_dot, tokens.get(index));
                }
            }
        }
    }

    fn word(&mut self, line: usize, segments: &[String], after_dot: bool, next: Option<&TokenTree>) {
        let Some(last) = segments.last() else { return };
        let called = matches!(next, Some(TokenTree::Group(_)));
        let call_stops = after_dot && called && STOPPING_CALLS.contains(&last.as_str());
        let macro_stops = is_punct(next, '!') && STOPPING_MACROS.contains(&last.as_str());
        if call_stops || macro_stops {
            self.stop(line, last);
        }
        if !after_dot && (segments.len() > 1 || self.known.contains_key(last)) {
            self.name(line, segments);
        }
    }

    fn quote_literal(&mut self, literal: &proc_macro2::Literal) {
        if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
            let spot = self.spot(literal.span().start().line, text.value());
            self.source.quotes.push(spot);
        }
    }
}

impl<'ast> Visit<'ast> for Walker<'_> {
    /// An attribute's own words are no code; a reasoned excuse covers the rest of its statement.
    fn visit_attribute(&mut self, node: &'ast Attribute) {
        if let Some((_, excused)) = self.statements.last_mut() {
            *excused |= is_reasoned_excuse(node);
        }
    }

    fn visit_item_mod(&mut self, node: &'ast syn::ItemMod) {
        let is_test = node.attrs.iter().any(is_for_tests);
        if is_test && node.content.is_none() {
            self.source.test_modules.push(node.ident.to_string());
        }
        if is_test && node.content.is_some() {
            let span = node.span();
            self.source.test_lines.push(span.start().line..=span.end().line);
        }
        self.module.push(node.ident.to_string());
        self.inside(&node.attrs, |walker| visit::visit_item_mod(walker, node));
        self.module.pop();
    }

    fn visit_item_fn(&mut self, node: &'ast syn::ItemFn) {
        self.function(&node.attrs, &node.sig, &node.block);
        self.inside(&node.attrs, |walker| visit::visit_item_fn(walker, node));
    }

    fn visit_impl_item_fn(&mut self, node: &'ast syn::ImplItemFn) {
        self.function(&node.attrs, &node.sig, &node.block);
        self.inside(&node.attrs, |walker| visit::visit_impl_item_fn(walker, node));
    }

    fn visit_trait_item_fn(&mut self, node: &'ast syn::TraitItemFn) {
        if let Some(block) = &node.default {
            self.function(&node.attrs, &node.sig, block);
        }
        self.inside(&node.attrs, |walker| visit::visit_trait_item_fn(walker, node));
    }

    fn visit_item_impl(&mut self, node: &'ast syn::ItemImpl) {
        self.inside(&node.attrs, |walker| visit::visit_item_impl(walker, node));
    }

    fn visit_item_const(&mut self, node: &'ast syn::ItemConst) {
        self.inside(&node.attrs, |walker| visit::visit_item_const(walker, node));
    }

    fn visit_item_static(&mut self, node: &'ast syn::ItemStatic) {
        self.inside(&node.attrs, |walker| visit::visit_item_static(walker, node));
    }

    fn visit_stmt(&mut self, node: &'ast syn::Stmt) {
        self.statements.push((node.span().start().line, false));
        visit::visit_stmt(self, node);
        self.statements.pop();
    }

    fn visit_item_use(&mut self, node: &'ast syn::ItemUse) {
        self.inside(&node.attrs, |walker| {
            for (line, _, path) in imported(&node.tree) {
                let path = from_crate(&path, &walker.module);
                let spot = walker.spot(line, path.join("::"));
                walker.source.names.push(spot);
            }
        });
    }

    fn visit_path(&mut self, node: &'ast syn::Path) {
        let segments: Vec<String> = node
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        self.name(node.span().start().line, &segments);
        visit::visit_path(self, node);
    }

    fn visit_lit_str(&mut self, node: &'ast syn::LitStr) {
        let spot = self.spot(node.span().start().line, node.value());
        self.source.quotes.push(spot);
    }

    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        let method = node.method.to_string();
        if STOPPING_CALLS.contains(&method.as_str()) {
            self.inside(&node.attrs, |walker| {
                walker.stop(node.method.span().start().line, &method);
            });
        }
        visit::visit_expr_method_call(self, node);
    }

    fn visit_macro(&mut self, node: &'ast syn::Macro) {
        if let Some(name) = STOPPING_MACROS.iter().find(|name| node.path.is_ident(**name)) {
            self.stop(node.path.span().start().line, name);
        }
        self.visit_path(&node.path);
        self.tokens(node.tokens.clone());
    }
}
