//! Data in the forms in which people write it, with what it means.

use seeded::Seeded;

/// What stands before the data, the data, and its value as `quality` writes it.
pub fn value(kind: &str, random: &mut Seeded, french: bool) -> (&'static str, String, String) {
    match kind {
        "date" => date(random, french),
        "amount" => amount(random, french),
        "email" => email(random),
        "url" => url(random),
        "phone" => phone(random),
        _ => id(random, french),
    }
}

const MONTHS: [[&str; 3]; 12] = [
    ["January", "Jan", "janvier"],
    ["February", "Feb", "février"],
    ["March", "Mar", "mars"],
    ["April", "Apr", "avril"],
    ["May", "May", "mai"],
    ["June", "Jun", "juin"],
    ["July", "Jul", "juillet"],
    ["August", "Aug", "août"],
    ["September", "Sept", "septembre"],
    ["October", "Oct", "octobre"],
    ["November", "Nov", "novembre"],
    ["December", "Dec", "décembre"],
];

fn date(random: &mut Seeded, french: bool) -> (&'static str, String, String) {
    let (year, month, day) = (random.between(1950, 2049), random.between(1, 12), random.between(1, 28));
    let [long, short, french_name] = MONTHS[month - 1];
    let iso = format!("{year}-{month:02}-{day:02}");
    let (hour, minute) = (random.between(0, 23), random.between(0, 59));
    let time = format!("{hour:02}:{minute:02}");
    let ordinal = match day {
        1 | 21 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    let first = if day == 1 { "1er".to_owned() } else { day.to_string() };
    let (surface, value) = match (random.below(9), french) {
        (0, _) => (iso.clone(), iso),
        (1, _) => (format!("{iso}T{time}:05Z"), format!("{iso}T{time}:05Z")),
        (2, false) => (format!("{long} {day}, {year}"), iso),
        (3, false) => (format!("{day} {short} {year}"), iso),
        (4, false) => (format!("{long} {day}{ordinal}, {year} at {time}"), format!("{iso}T{time}")),
        (5, false) => (format!("{month:02}/{day:02}/{year}"), iso),
        (6, false) => (format!("{long} {year}"), format!("{year}-{month:02}")),
        (7, false) => (format!("{day} {long}"), format!("--{month:02}-{day:02}")),
        (_, false) => (format!("{iso} {time}"), format!("{iso}T{time}")),
        (2 | 3, true) => (format!("{first} {french_name} {year}"), iso),
        (4, true) => (format!("{first} {french_name} {year} à {hour} h {minute:02}"), format!("{iso}T{time}")),
        (5, true) => (format!("{day:02}/{month:02}/{year}"), iso),
        (6, true) => (format!("{french_name} {year}"), format!("{year}-{month:02}")),
        (7, true) => (format!("{first} {french_name}"), format!("--{month:02}-{day:02}")),
        (_, true) => (format!("{day:02}.{month:02}.{year}"), iso),
    };
    (random.pick(if french { &["", "le ", "avant le "] } else { &["", "on ", "dated "] }), surface, value)
}

/// `digits` with `mark` between groups of three from the right.
fn grouped(digits: &str, mark: &str) -> String {
    let parts: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).expect("digits")).collect();
    parts.join(mark)
}

fn amount(random: &mut Seeded, french: bool) -> (&'static str, String, String) {
    let length = random.between(1, 8);
    let whole = format!("{}{}", random.between(1, 9), random.digits(length - 1));
    let cents = random.digits(2);
    let exact = format!("{whole}.{cents}");
    let small = random.between(2, 99);
    let (surface, value) = match (random.below(7), french) {
        (0, false) => (format!("${}.{cents}", grouped(&whole, ",")), format!("{exact} USD")),
        (1, false) => (format!("{}.{cents} EUR", grouped(&whole, ",")), format!("{exact} EUR")),
        (2, false) => (format!("GBP {}", grouped(&whole, ",")), format!("{whole} GBP")),
        (3, false) => (format!("€{small}.5 million"), format!("{small}500000 EUR")),
        (4, false) => (format!("${small}k"), format!("{small}000 USD")),
        (5, false) => (format!("{} pounds sterling", grouped(&whole, ",")), format!("{whole} GBP")),
        (_, false) => ("three hundred and fifty dollars".to_owned(), "350 USD".to_owned()),
        (0, true) => (format!("{},{cents} €", grouped(&whole, " ")), format!("{exact} EUR")),
        (1, true) => (format!("{},{cents}\u{a0}€", grouped(&whole, "\u{202f}")), format!("{exact} EUR")),
        (2, true) => (format!("{} euros", grouped(&whole, " ")), format!("{whole} EUR")),
        (3, true) => (format!("{small},5 millions d'euros"), format!("{small}500000 EUR")),
        (4, true) => (format!("{small} k€"), format!("{small}000 EUR")),
        (5, true) => (format!("{} francs suisses", grouped(&whole, " ")), format!("{whole} CHF")),
        (_, true) => ("deux cent quatre-vingts euros".to_owned(), "280 EUR".to_owned()),
    };
    ("", surface, value)
}

fn email(random: &mut Seeded) -> (&'static str, String, String) {
    let local =
        random.pick(&["jane.doe", "j", "claire_martin", "o'neil", "info+invoices", "José.Núñez", "42", "M.Durand"]);
    let domain =
        random.pick(&["example.com", "mail.example.co.uk", "exemple.fr", "xn--bcher-kva.example", "bücher.example"]);
    let value = format!("{local}@{domain}");
    let surface = if random.below(4) == 0 { format!("{local}@{}", domain.to_uppercase()) } else { value.clone() };
    (random.pick(&["", "mailto:", "e-mail: "]), surface, value)
}

fn url(random: &mut Seeded) -> (&'static str, String, String) {
    let host = random.pick(&[
        "example.com",
        "www.example.org",
        "sub.exemple.fr:8443",
        "192.0.2.7",
        "[2001:db8::7]:80",
        "localhost:3000",
    ]);
    let path = random.pick(&[
        "",
        "/",
        "/a/b.html",
        "/w/Rust_(language)",
        "/2025/03/09/post",
        "/search?q=a+b&l=fr#top",
        "/été/à-voir",
        "/@user/1.2.3",
    ]);
    let scheme = random.pick(&["https", "http", "ftp", "wss"]);
    match random.below(5) {
        0 => ("", format!("www.example.com{path}"), format!("http://www.example.com{path}")),
        1 => ("<", format!("{}://{host}{path}", scheme.to_uppercase()), format!("{scheme}://{host}{path}")),
        _ => ("", format!("{scheme}://{host}{path}"), format!("{scheme}://{host}{path}")),
    }
}

fn phone(random: &mut Seeded) -> (&'static str, String, String) {
    let eight = random.digits(8);
    let pairs = |join: &str| [&eight[..2], &eight[2..4], &eight[4..6], &eight[6..]].join(join);
    let exchange = format!("{}{}", random.between(2, 9), random.between(20, 99));
    let line = &eight[..4];
    let (surface, value) = match random.below(7) {
        0 => (format!("06 {}", pairs(" ")), format!("+336{eight}")),
        1 => (format!("+33 (0)1 {}", pairs(" ")), format!("+331{eight}")),
        2 => (format!("07.{}", pairs(".")), format!("+337{eight}")),
        3 => (format!("+44 20 {} {}", &eight[..4], &eight[4..]), format!("+4420{eight}")),
        4 => (format!("(415) {exchange}-{line}"), format!("+1415{exchange}{line}")),
        5 => (format!("+1 312-{exchange}-{line}"), format!("+1312{exchange}{line}")),
        _ => (format!("020 {} {}", &eight[..4], &eight[4..]), format!("+4420{eight}")),
    };
    (random.pick(&["", "tel. ", "phone: "]), surface, value)
}

fn id(random: &mut Seeded, french: bool) -> (&'static str, String, String) {
    let digits = random.digits(11);
    match random.below(7) {
        0 => {
            let hex: String = (0..32).map(|_| char::from(b"0123456789abcdef"[random.below(16)])).collect();
            let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
            ("", uuid.clone(), format!("uuid {uuid}"))
        }
        1 => iban(random),
        2 => isbn(random),
        3 => {
            let number = format!("A{}-{}", &digits[..4], &digits[4..7]);
            let label = if french { "facture n° " } else { "invoice no. " };
            (label, number.clone(), format!("invoice {number}"))
        }
        4 => {
            let number = format!("4{}", &digits[..9]);
            (if french { "commande " } else { "order " }, number.clone(), format!("order {number}"))
        }
        5 => {
            let number = format!("7{}", &digits[..4]);
            ("ticket #", number.clone(), format!("ticket {number}"))
        }
        _ => {
            let number = format!("{}-{}", &digits[..4], random.pick(&["B", "XL7", "K2"]));
            (if french { "réf. : " } else { "ref: " }, number.clone(), format!("reference {number}"))
        }
    }
}

/// A German or French account number; its check digits are found by trying all of them.
fn iban(random: &mut Seeded) -> (&'static str, String, String) {
    let (country, body) = if random.below(2) == 0 { ("DE", random.digits(18)) } else { ("FR", random.digits(23)) };
    let remainder = |check: &str| {
        format!("{body}{country}{check}").chars().fold(0_u64, |rest, letter| match letter.to_digit(36) {
            Some(value @ 0..=9) => (rest * 10 + u64::from(value)) % 97,
            value => (rest * 100 + u64::from(value.expect("a letter"))) % 97,
        })
    };
    let check = (2..=98).map(|check| format!("{check:02}")).find(|check| remainder(check) == 1).expect("check digits");
    let tight = format!("{country}{check}{body}");
    let spaced: Vec<&str> = tight.as_bytes().chunks(4).map(|part| std::str::from_utf8(part).expect("digits")).collect();
    let surface = if random.below(2) == 0 { tight.clone() } else { spaced.join(" ") };
    ("IBAN ", surface, format!("iban {tight}"))
}

/// A book's number; its last digit is found by trying all ten.
fn isbn(random: &mut Seeded) -> (&'static str, String, String) {
    let body = format!("978{}", random.digits(9));
    let passes = |number: &str| {
        let weigh = |(at, digit): (usize, char)| {
            digit.to_digit(10).expect("a digit") as usize * if at % 2 == 0 { 1 } else { 3 }
        };
        number.chars().enumerate().map(weigh).sum::<usize>().is_multiple_of(10)
    };
    let whole = ('0'..='9').map(|digit| format!("{body}{digit}")).find(|number| passes(number)).expect("a check digit");
    let hyphened = [&whole[..3], &whole[3..4], &whole[4..7], &whole[7..12], &whole[12..]].join("-");
    let value = format!("isbn {whole}");
    if random.below(2) == 0 {
        ("", hyphened, value)
    } else {
        ("ISBN ", whole, value)
    }
}
