//! What looks like data and is none.

use seeded::Seeded;

/// A sentence without any data in it.
pub fn negative(random: &mut Seeded) -> String {
    let (a, b, c) = (random.between(1, 40), random.between(13, 99), random.between(0, 9));
    let digits = random.digits(12);
    match random.below(24) {
        0 => format!("We run version {a}.{c}.{b} of it."),
        1 => format!("Part {}-{}-{} fits.", &digits[..4], &digits[4..7], &digits[7..9]),
        2 => format!("It took {a}.{b} seconds."),
        3 => format!("Host 10.{a}.{c}.{b} answers."),
        4 => format!("About {c}/{b} of them."),
        5 => format!("A ratio of {a}:{b} is usual."),
        6 => format!("On 20{b}-13-{a:02} nothing happened."),
        7 => format!("The {b}th of 31 June does not exist; nor does 30 February 20{b}."),
        8 => format!("Le 31 avril 20{b} n'existe pas, ni le 29/02/2023."),
        9 => format!("Order {c} pizzas and {a} drinks."),
        10 => format!("The value is 4{} in all.", &digits[..9]),
        11 => format!("There are {a},{} of them.", &digits[..3]),
        12 => format!("It weighs {a},{b} kg, or {a} pounds of flour."),
        13 => format!("See section {a}.{c}.{b} and page {b}."),
        14 => format!("commit {}e{}f", &digits[..3], &digits[3..7]),
        15 => format!("logo@{c}x.png and @handle{a}"),
        16 => format!("IBAN FR00 {} {} {} does not check.", &digits[..4], &digits[4..8], &digits[8..]),
        17 => format!("std::vector<{a}>, a::b and http:// alone."),
        18 => format!("In March {a} people came; they may {a} times."),
        19 => format!("Il reste {b} % de {a} caisses, et trois livres."),
        20 => format!("Room {a}.{b}, seat {c}{}.", ["A", "B"][c % 2]),
        21 => format!("The score was {c}:{a}, 24/7."),
        22 => format!("ISBN 978-0-306-4061{c}-X and 1Z{digits} are nothing."),
        _ => format!("MAC 00:1B:44:11:3A:B{c}, epoch 17181{}.", &digits[..5]),
    }
}
