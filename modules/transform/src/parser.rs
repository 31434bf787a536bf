//! Builds the tree of an expression: top-down operator precedence, as in the implementations of the specification.

use crate::ast::{too_deep, Comparator, Kind, Node, MOST_LEVELS};
use crate::functions::find;
use crate::lexer::{tokens, Placed};
use crate::problem::Problem;
use crate::slice::Slice;
use crate::tokens::{Sign, Token};

/// What binds weaker than this ends a projection.
const ENDS_PROJECTION: u8 = 10;
const GRAMMAR: &str = "see jmespath.org for the grammar";

/// The tree of `expression`.
pub fn parse(expression: &str) -> Result<Node, Problem> {
    let mut parser = Parser { expression, tokens: tokens(expression)?, next: 0, level: 0 };
    let node = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(node),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'a> {
    expression: &'a str,
    tokens: Vec<Placed>,
    next: usize,
    level: u16,
}

type Parsed = Result<Node, Problem>;

impl Parser<'_> {
    fn placed(&self, ahead: usize) -> &Placed {
        // The last token is End and is never passed.
        &self.tokens[(self.next + ahead).min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> &Token {
        &self.placed(0).token
    }

    fn offset(&self) -> usize {
        self.placed(0).start
    }

    fn advance(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    fn take(&mut self, sign: Sign) -> bool {
        let found = self.peek().is(sign);
        self.next += usize::from(found);
        found
    }

    fn need(&mut self, sign: Sign, expected: &str) -> Result<(), Problem> {
        if self.take(sign) {
            return Ok(());
        }
        Err(self.unexpected(expected))
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let placed = self.placed(0);
        let found = match placed.token {
            Token::End => "the end".to_owned(),
            _ => format!("`{}`", self.expression[placed.start..placed.end].chars().take(40).collect::<String>()),
        };
        Problem::new(placed.start, format!("expected {expected}, found {found}"), GRAMMAR)
    }

    /// An expression whose operators all bind tighter than `binding`.
    fn expression(&mut self, binding: u8) -> Parsed {
        if self.level == MOST_LEVELS {
            return Err(too_deep(self.offset()));
        }
        self.level += 1;
        let mut left = self.first()?;
        while binding < self.peek().binding() {
            left = self.further(left)?;
        }
        self.level -= 1;
        Ok(left)
    }

    /// What an expression can begin with.
    fn first(&mut self) -> Parsed {
        let offset = self.offset();
        let unexpected = self.unexpected("an expression");
        match self.advance() {
            Token::Name(name) if self.peek().is(Sign::OpenParenthesis) => self.call(&name, offset),
            Token::QuotedName(_) if self.peek().is(Sign::OpenParenthesis) => {
                Err(Problem::new(offset, "a function's name stands in quotes", "leave the quotes out"))
            }
            Token::Name(name) | Token::QuotedName(name) => Node::new(Kind::Field(name), offset),
            Token::Literal(value) => Node::new(Kind::Literal(value), offset),
            Token::Integer(_) => {
                Err(Problem::new(offset, "a number stands alone", "write a number as a literal in backticks, `1`"))
            }
            Token::Sign(sign) => match sign {
                Sign::Current => current(offset),
                Sign::Star => self.values_of(current(offset)?),
                Sign::Flatten => self.flatten(current(offset)?, offset),
                Sign::Filter => self.filter(current(offset)?, offset),
                Sign::OpenBrace => self.hash(offset),
                Sign::Not => {
                    let negated = self.expression(Sign::Not.binding())?;
                    Node::new(Kind::Not(Box::new(negated)), offset)
                }
                Sign::OpenParenthesis => {
                    let inside = self.expression(0)?;
                    self.need(Sign::CloseParenthesis, "`)`")?;
                    Ok(inside)
                }
                Sign::OpenBracket if self.opens_specifier() => self.specifier(current(offset)?),
                Sign::OpenBracket => self.list(offset),
                Sign::Reference => Err(Problem::new(
                    offset,
                    "`&` stands only before an argument of a function that takes an expression",
                    "remove it",
                )),
                _ => Err(unexpected),
            },
            Token::End => Err(unexpected),
        }
    }

    /// What follows `left`, which is an operator that binds.
    fn further(&mut self, left: Node) -> Parsed {
        let offset = self.offset();
        let Token::Sign(sign) = *self.peek() else {
            return Err(self.unexpected("an operator"));
        };
        if matches!(sign, Sign::Star | Sign::Not | Sign::OpenBrace | Sign::OpenParenthesis) {
            return Err(self.unexpected("an operator"));
        }
        self.advance();
        let comparator = match sign {
            Sign::Dot => return self.after_dot(left),
            Sign::OpenBracket => return self.specifier(left),
            Sign::Flatten => return self.flatten(left, offset),
            Sign::Filter => return self.filter(left, offset),
            Sign::Pipe => {
                let right = self.expression(sign.binding())?;
                return left.then(right);
            }
            Sign::Or | Sign::And => {
                let (left, right) = (Box::new(left), Box::new(self.expression(sign.binding())?));
                let kind = if sign == Sign::Or { Kind::Or(left, right) } else { Kind::And(left, right) };
                return Node::new(kind, offset);
            }
            Sign::Equal => Comparator::Equal,
            Sign::NotEqual => Comparator::NotEqual,
            Sign::Less => Comparator::Less,
            Sign::LessOrEqual => Comparator::LessOrEqual,
            Sign::Greater => Comparator::Greater,
            _ => Comparator::GreaterOrEqual,
        };
        let right = self.expression(sign.binding())?;
        Node::new(Kind::Compare(comparator, Box::new(left), Box::new(right)), offset)
    }

    fn after_dot(&mut self, left: Node) -> Parsed {
        if self.take(Sign::Star) {
            return self.values_of(left);
        }
        let right = self.part_after_dot(Sign::Dot.binding())?;
        left.then(right)
    }

    fn part_after_dot(&mut self, binding: u8) -> Parsed {
        let offset = self.offset();
        match self.peek() {
            Token::Sign(Sign::OpenBracket) => {
                self.advance();
                self.list(offset)
            }
            Token::Name(_) | Token::QuotedName(_) | Token::Sign(Sign::Star | Sign::OpenBrace) => {
                self.expression(binding)
            }
            _ => Err(self.unexpected("a name, `*`, `[` or `{` after the dot")),
        }
    }

    /// What a projection does with each value.
    fn each(&mut self, binding: u8) -> Parsed {
        let offset = self.offset();
        match self.peek() {
            Token::Sign(Sign::Dot) => {
                self.advance();
                self.part_after_dot(binding)
            }
            Token::Sign(Sign::OpenBracket | Sign::Filter) => self.expression(binding),
            token if token.binding() < ENDS_PROJECTION => current(offset),
            _ => Err(self.unexpected("`.`, `[` or an operator")),
        }
    }

    fn values_of(&mut self, left: Node) -> Parsed {
        let offset = left.offset;
        let each = self.each(Sign::Star.binding())?;
        Node::new(Kind::Values(Box::new(left), Box::new(each)), offset)
    }

    fn flatten(&mut self, left: Node, offset: usize) -> Parsed {
        let flat = Node::new(Kind::Flatten(Box::new(left)), offset)?;
        let each = self.each(Sign::Flatten.binding())?;
        Node::new(Kind::Items(Box::new(flat), Box::new(each)), offset)
    }

    fn filter(&mut self, left: Node, offset: usize) -> Parsed {
        let predicate = self.expression(0)?;
        self.need(Sign::CloseBracket, "`]` after the filter")?;
        let each = self.each(Sign::Filter.binding())?;
        Node::new(Kind::Filter(Box::new(left), Box::new(predicate), Box::new(each)), offset)
    }

    /// Whether what follows an opening bracket is an index, a slice or `*`, and not the first part of a list.
    fn opens_specifier(&self) -> bool {
        match self.peek() {
            Token::Integer(_) | Token::Sign(Sign::Colon) => true,
            Token::Sign(Sign::Star) => self.placed(1).token.is(Sign::CloseBracket),
            _ => false,
        }
    }

    /// `[0]`, `[0:2]` or `[*]` after its opening bracket.
    fn specifier(&mut self, left: Node) -> Parsed {
        let offset = self.offset();
        if self.take(Sign::Star) {
            self.need(Sign::CloseBracket, "`]`")?;
            let each = self.each(Sign::Star.binding())?;
            return Node::new(Kind::Items(Box::new(left), Box::new(each)), offset);
        }
        let mut parts = [None; 3];
        let mut colons = 0;
        loop {
            match *self.peek() {
                Token::Integer(number) if parts[colons].is_none() => parts[colons] = Some(number),
                Token::Sign(Sign::Colon) if colons < 2 => colons += 1,
                Token::Sign(Sign::CloseBracket) if colons > 0 || parts[0].is_some() => break,
                _ => return Err(self.unexpected("an integer, `:`, `*` or `]`")),
            }
            self.advance();
        }
        self.advance();
        let [start, stop, step] = parts;
        if colons == 0 {
            // The loop ends without a colon only after an integer.
            let index = Node::new(Kind::Index(start.unwrap_or_default()), offset)?;
            return left.then(index);
        }
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(Problem::new(offset, "the step of a slice is 0", "use a step such as 1 or -1"));
        }
        let slice = left.then(Node::new(Kind::Slice(Slice { start, stop, step }), offset)?)?;
        let each = self.each(Sign::Star.binding())?;
        Node::new(Kind::Items(Box::new(slice), Box::new(each)), offset)
    }

    /// `[a, b]` after its opening bracket.
    fn list(&mut self, offset: usize) -> Parsed {
        let mut parts = vec![self.expression(0)?];
        while self.take(Sign::Comma) {
            parts.push(self.expression(0)?);
        }
        self.need(Sign::CloseBracket, "`,` or `]`")?;
        Node::new(Kind::List(parts), offset)
    }

    /// `{a: b}` after its opening brace.
    fn hash(&mut self, offset: usize) -> Parsed {
        let mut members = Vec::new();
        loop {
            let (Token::Name(name) | Token::QuotedName(name)) = self.peek().clone() else {
                return Err(self.unexpected("the name of a member"));
            };
            self.advance();
            self.need(Sign::Colon, "`:` after the name")?;
            members.push((name, self.expression(0)?));
            if !self.take(Sign::Comma) {
                break;
            }
        }
        self.need(Sign::CloseBrace, "`,` or `}`")?;
        Node::new(Kind::Hash(members), offset)
    }

    /// The arguments of the function `name`, from the opening parenthesis on.
    fn call(&mut self, name: &str, offset: usize) -> Parsed {
        let function = find(name, offset)?;
        self.advance();
        let mut arguments = Vec::new();
        if !self.take(Sign::CloseParenthesis) {
            loop {
                arguments.push(self.argument()?);
                if !self.take(Sign::Comma) {
                    break;
                }
            }
            self.need(Sign::CloseParenthesis, "`,` or `)`")?;
        }
        function.check(&arguments, offset)?;
        Node::new(Kind::Call(function, arguments), offset)
    }

    fn argument(&mut self) -> Parsed {
        let offset = self.offset();
        if !self.take(Sign::Reference) {
            return self.expression(0);
        }
        let inside = self.expression(0)?;
        Node::new(Kind::Reference(Box::new(inside)), offset)
    }
}

fn current(offset: usize) -> Parsed {
    Node::new(Kind::Current, offset)
}
