//! The range of a column of dates, and in which order its days and months stand.

use crate::cell::{civil_from_days, Day, Moment};

/// In which order the parts of dates stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Year first, or the month by its name: there is no doubt.
    Plain,
    /// `31/12/2025`
    DayFirst,
    /// `12/31/2025`
    MonthFirst,
    /// All days are 12 or less, so it could be both.
    Ambiguous,
}

impl Order {
    /// What results call it.
    pub fn name(self) -> &'static str {
        match self {
            Order::Plain => "plain",
            Order::DayFirst => "day_first",
            Order::MonthFirst => "month_first",
            Order::Ambiguous => "ambiguous",
        }
    }
}

/// What is known of a column of dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The order.
    pub order: Order,
    /// The first and the last in ISO 8601; none when the order is ambiguous.
    pub range: Option<(String, String)>,
    /// How many do not exist in this order.
    pub impossible: usize,
}

impl Dates {
    /// What `moments` have in common.
    pub fn of(moments: &[Moment]) -> Self {
        let order = order(moments);
        let found: Vec<(i64, &Moment, i64)> = moments
            .iter()
            .filter_map(|moment| {
                let days = days(moment.day, order)?;
                let seconds = moment.seconds.unwrap_or(0) - 60 * moment.zone.unwrap_or(0);
                Some((days * 86_400 + seconds, moment, days))
            })
            .collect();
        let first = found.iter().min_by_key(|(instant, ..)| *instant);
        let last = found.iter().max_by_key(|(instant, ..)| *instant);
        let range = first.zip(last).map(|(first, last)| (iso(first.2, first.1), iso(last.2, last.1)));
        let impossible = moments.len() - found.len();
        match order {
            Order::Ambiguous => Self { order, range: None, impossible: 0 },
            _ => Self { order, range, impossible },
        }
    }
}

fn order(moments: &[Moment]) -> Order {
    let (mut only_day_first, mut only_month_first, mut both, mut points) = (0, 0, 0, 0);
    for moment in moments {
        if let Day::Either { day_first, month_first, dotted } = moment.day {
            points += usize::from(dotted);
            match (day_first, month_first) {
                (Some(one), Some(other)) if one == other => {}
                (Some(_), Some(_)) => both += 1,
                (Some(_), None) => only_day_first += 1,
                _ => only_month_first += 1,
            }
        }
    }
    match (only_day_first, only_month_first) {
        (0, 0) if both == 0 => Order::Plain,
        // With points the day always comes first.
        (0, 0) if points > 0 => Order::DayFirst,
        (0, 0) => Order::Ambiguous,
        (day_first, month_first) if day_first >= month_first => Order::DayFirst,
        _ => Order::MonthFirst,
    }
}

fn days(day: Day, order: Order) -> Option<i64> {
    match (day, order) {
        (Day::Known { days }, _) => Some(days),
        (Day::Either { month_first, .. }, Order::MonthFirst) => month_first,
        (Day::Either { day_first, month_first, .. }, Order::Plain) => day_first.or(month_first),
        (Day::Either { day_first, .. }, _) => day_first,
    }
}

fn iso(days: i64, moment: &Moment) -> String {
    let (year, month, day) = civil_from_days(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    let Some(seconds) = moment.seconds else {
        return date;
    };
    let time = format!("T{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let zone = match moment.zone {
        None => String::new(),
        Some(0) => "Z".to_owned(),
        Some(minutes) => {
            let sign = if minutes < 0 { '-' } else { '+' };
            format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
        }
    };
    date + &time + &zone
}
