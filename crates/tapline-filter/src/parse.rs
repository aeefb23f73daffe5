//! A text in, a typed tree out, or the place where it is wrong.
//!
//! ```text
//!   filter  = expression | words                    see `is_expression`
//!   either  = both { ("or" | "||") both }
//!   both    = one { ("and" | "&&") one }
//!   one     = ("not" | "!") one | "(" either ")" | field [ operator value | ["not"] "in" "{" values "}" ]
//! ```
//!
//! By hand and not with nom: nearly all of it is saying what is wrong and what to write instead.

mod operator;
mod search;
mod sentence;
mod value;

use std::ops::Range;

use crate::lexer::{Kind, Token, tokens};
use crate::limits::{DEPTH_MAX, TEXT_MAX};
use crate::tree::{Node, Relation, With};
use crate::{FieldId, FieldInfo, FilterError};
pub(crate) use operator::Operator;
use search::{is_expression, words};
use sentence::{how, misplaced, no_field, no_operator, unfit, unknown};

/// Reads a filter; `None` where the text is empty.
pub(crate) fn parse(text: &str) -> Result<Option<Node>, FilterError> {
    if text.len() > TEXT_MAX {
        let message = format!("the filter is too long: at most {TEXT_MAX} octets are read");
        return Err(FilterError::new(0..text.len(), message));
    }
    let tokens = tokens(text);
    if tokens.is_empty() {
        return Ok(None);
    }
    if !is_expression(text, &tokens) {
        return words(text).map(Some);
    }
    let mut parser = Parser { text, tokens: &tokens, next: 0, depth: 0 };
    let node = parser.either()?;
    match parser.peek() {
        None => Ok(Some(node)),
        Some(token) => Err(misplaced(token, parser.shown(token))),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token],
    next: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<&'a Token> {
        let token = self.peek();
        self.next += usize::from(token.is_some());
        token
    }

    fn word(&self, token: &Token) -> Option<&'a str> {
        if token.kind == Kind::Word { self.text.get(token.at.clone()) } else { None }
    }

    fn shown(&self, token: &Token) -> &'a str {
        self.text.get(token.at.clone()).unwrap_or_default()
    }

    /// Takes the next token if it is that sign, or one of these words in any letter case.
    fn takes(&mut self, sign: &str, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|token| match &token.kind {
            Kind::Sign(found) => *found == sign,
            Kind::Word => self.shown(token).eq_ignore_ascii_case(word),
            _ => false,
        });
        self.next += usize::from(is_it);
        is_it
    }

    /// The place behind the last token.
    fn end(&self) -> Range<usize> {
        let end = self.tokens.last().map_or(0, |token| token.at.end);
        end..end
    }

    fn either(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.both()?];
        while self.takes("||", "or") {
            nodes.push(self.both()?);
        }
        Ok(only(nodes, Node::Any))
    }

    fn both(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.one()?];
        while self.takes("&&", "and") {
            nodes.push(self.one()?);
        }
        Ok(only(nodes, Node::All))
    }

    fn one(&mut self) -> Result<Node, FilterError> {
        let Some(token) = self.peek() else {
            return Err(FilterError::new(
                self.end(),
                "something is missing here: name a field, as http.time",
            ));
        };
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let message = format!("this is nested too deep: at most {DEPTH_MAX} inside one another");
            return Err(FilterError::new(token.at.clone(), message));
        }
        let node = if self.takes("!", "not") {
            Node::Not(Box::new(self.one()?))
        } else if self.takes("(", "(") {
            let node = self.either()?;
            match self.take() {
                Some(Token { kind: Kind::Sign(")"), .. }) => node,
                Some(other) => return Err(misplaced(other, self.shown(other))),
                None => {
                    let message = "this parenthesis is not closed: add )";
                    return Err(FilterError::new(token.at.clone(), message));
                }
            }
        } else {
            self.field()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn field(&mut self) -> Result<Node, FilterError> {
        let Some(token) = self.take() else { return Err(FilterError::new(self.end(), "name a field here")) };
        let Some(name) = self.word(token) else { return Err(no_field(token, self.shown(token))) };
        let Some(field) = FieldId::named(name).map(FieldId::info) else {
            return Err(unknown(token, name));
        };
        let Some(operator) = self.operator(field)? else { return Ok(Node::Has(field.id)) };
        let operator_at =
            self.tokens.get(self.next.saturating_sub(1)).map_or(self.end(), |token| token.at.clone());
        let shown = self.text.get(operator_at.clone()).unwrap_or_default();
        if !operator.goes_with(field.kind) {
            return Err(FilterError::new(operator_at, unfit(field, shown)));
        }
        let (relation, with) = match operator {
            Operator::In => (Relation::OneIs, self.set(field)?),
            Operator::NotIn => {
                let (field, relation, with) = (field.id, Relation::OneIs, self.set(field)?);
                return Ok(Node::Not(Box::new(Node::Compare { field, relation, with })));
            }
            operator => {
                let Some(token) = self.take() else {
                    let message = format!("a value is missing behind {shown}: {}", how(field));
                    return Err(FilterError::new(self.end(), message));
                };
                (operator.relation(), value::compared(self.text, token, field, operator)?)
            }
        };
        Ok(Node::Compare { field: field.id, relation, with })
    }

    /// The operator behind a field, if there is one.
    fn operator(&mut self, field: &FieldInfo) -> Result<Option<Operator>, FilterError> {
        let Some(token) = self.peek() else { return Ok(None) };
        match &token.kind {
            Kind::Sign("=") => {
                Err(FilterError::new(token.at.clone(), "a single = compares nothing: write == instead"))
            }
            Kind::Sign(sign) => {
                let operator = Operator::of_sign(sign);
                self.next += usize::from(operator.is_some());
                Ok(operator)
            }
            Kind::Word => {
                let word = self.shown(token);
                let negated = word == "not"
                    && self.tokens.get(self.next + 1).is_some_and(|next| self.shown(next) == "in");
                if negated {
                    self.next += 2;
                    return Ok(Some(Operator::NotIn));
                }
                if let Some(operator) = Operator::of_word(word) {
                    self.next += 1;
                    return Ok(Some(operator));
                }
                if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") {
                    return Ok(None);
                }
                Err(FilterError::new(token.at.clone(), no_operator(field, word)))
            }
            Kind::Quoted(_) | Kind::Unfinished => {
                Err(FilterError::new(token.at.clone(), no_operator(field, self.shown(token))))
            }
        }
    }

    /// `{1, 2, 10..20}`.
    fn set(&mut self, field: &FieldInfo) -> Result<With, FilterError> {
        let open = match self.take() {
            Some(token) if token.kind == Kind::Sign("{") => token.at.clone(),
            Some(token) => {
                let message = format!("a list in braces belongs behind in: write {{{}}}", self.shown(token));
                return Err(FilterError::new(token.at.clone(), message));
            }
            None => {
                return Err(FilterError::new(
                    self.end(),
                    "a list in braces is missing behind in: write {1, 2}",
                ));
            }
        };
        let mut set = value::Set::new(field);
        loop {
            match self.take() {
                None => return Err(FilterError::new(open, "this brace is not closed: add }")),
                Some(Token { kind: Kind::Sign("}"), at }) => {
                    return set.end().ok_or_else(|| {
                        let message = format!("the list is empty: {}", how(field));
                        FilterError::new(open.start..at.end, message)
                    });
                }
                Some(Token { kind: Kind::Sign(","), .. }) => {}
                Some(token) => set.push(self.text, token)?,
            }
        }
    }
}

/// A node alone needs nobody around it.
fn only(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            many(nodes)
        }
        None => many(nodes),
    }
}
