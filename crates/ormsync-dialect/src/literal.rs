//! Constants in one spelling: numbers by value, times without needless digits, JSON by content.

/// Exponents beyond this are left as written: spelling them out would only make long rows of zeros.
const LARGEST_EXPONENT: i64 = 300;

/// A number in its shortest decimal form: no plus sign, no leading or trailing zeros, no exponent.
/// None where the text is no number.
pub(crate) fn canonical_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text[1..].trim_start()),
        b'+' => (false, text[1..].trim_start()),
        _ => (false, text),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (digits, 0),
    };
    if exponent.abs() > LARGEST_EXPONENT {
        return None;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let mut digits = format!("{whole}{fraction}");
    let mut point = i64::try_from(whole.len()).ok()? + exponent;
    while point < 0 {
        digits.insert(0, '0');
        point += 1;
    }
    let point = usize::try_from(point).ok()?;
    while digits.len() < point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at(point);
    Some(assemble(negative, whole, fraction))
}

fn assemble(negative: bool, whole: &str, fraction: &str) -> String {
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut number = if whole.is_empty() { "0".to_owned() } else { whole.to_owned() };
    if !fraction.is_empty() {
        number.push('.');
        number.push_str(fraction);
    }
    if negative && number != "0" {
        number.insert(0, '-');
    }
    number
}

/// Rounds a number in shortest form to `scale` fractional digits, half away from zero, as every server
/// does when it puts a decimal constant into a narrower decimal column.
pub(crate) fn round_to_scale(number: &str, scale: usize) -> String {
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |digits| (true, digits));
    let Some((whole, fraction)) = digits.split_once('.').filter(|(_, fraction)| fraction.len() > scale) else {
        return number.to_owned();
    };
    let round_up = fraction.as_bytes()[scale] >= b'5';
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().take(scale)).collect();
    if round_up {
        let mut position = kept.len();
        loop {
            if position == 0 {
                kept.insert(0, b'1');
                break;
            }
            position -= 1;
            if kept[position] == b'9' {
                kept[position] = b'0';
            } else {
                kept[position] += 1;
                break;
            }
        }
    }
    let kept: String = kept.into_iter().map(char::from).collect();
    let (whole, fraction) = kept.split_at(kept.len() - scale);
    assemble(negative, whole, fraction)
}

/// JSON with sorted keys and without blanks; none where the text is no JSON.
pub(crate) fn canonical_json(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(value.to_string())
}

/// What a column of a time type keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeKind {
    /// A day.
    Date,
    /// A time of day.
    Time,
    /// A day and a time, no zone.
    DateTime,
    /// A moment: zones are brought to UTC.
    Moment,
}

/// A constant of a time type as servers print it: `2020-01-01 00:00:00`, no trailing zeros of seconds,
/// moments in UTC with `+00`. None where the text is in another form (`now`, `infinity`, words): it
/// stays as written.
pub(crate) fn canonical_time(text: &str, kind: TimeKind) -> Option<String> {
    let text = text.trim();
    if kind == TimeKind::Time {
        let (time, _) = read_time(text)?;
        return Some(print_time(&time));
    }
    let (date, rest) = if text.len() >= 10 && text.is_char_boundary(10) { text.split_at(10) } else { return None };
    let (year, month, day) = read_date(date)?;
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if kind == TimeKind::Date {
        return Some(date.to_owned());
    }
    let (time, zone) = if rest.is_empty() { (Time::default(), None) } else { read_time(rest)? };
    match (kind, zone) {
        (TimeKind::Moment, Some(minutes)) => {
            let total = i64::from(time.hour) * 60 + i64::from(time.minute) - i64::from(minutes);
            let (year, month, day) = day_after(year, month, day, total.div_euclid(1440));
            let minute_of_day = u32::try_from(total.rem_euclid(1440)).ok()?;
            let time = Time { hour: minute_of_day / 60, minute: minute_of_day % 60, ..time };
            Some(format!("{year:04}-{month:02}-{day:02} {}+00", print_time(&time)))
        }
        // Without a zone the session's decides; PostgreSQL ignores a zone where the type has none.
        _ => Some(format!("{date} {}", print_time(&time))),
    }
}

/// A constant of an interval as PostgreSQL prints it: `1 year 2 mons 3 days 04:05:06`. None where a unit
/// or number is not a plain one.
pub(crate) fn canonical_interval(text: &str) -> Option<String> {
    let (mut months, mut days, mut microseconds) = (0i64, 0i64, 0i64);
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (sign, clock) = word.strip_prefix('-').map_or((1, word), |clock| (-1, clock));
            let (time, None) = read_time(clock)? else { return None };
            let fraction = format!("{:0<6}", time.fraction).get(..6)?.parse::<i64>().ok()?;
            let seconds = i64::from(time.hour * 3600 + time.minute * 60 + time.second);
            microseconds = microseconds.checked_add(sign * (seconds * 1_000_000 + fraction))?;
            continue;
        }
        let split = word.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(word.len());
        let (number, unit) = word.split_at(split);
        let unit = if unit.is_empty() { words.next()? } else { unit };
        let number: i64 = number.parse().ok()?;
        let (count, factor) = match unit.to_lowercase().trim_end_matches('s') {
            "y" | "year" | "yr" => (&mut months, 12),
            "mon" | "month" => (&mut months, 1),
            "w" | "week" => (&mut days, 7),
            "d" | "day" => (&mut days, 1),
            "h" | "hour" | "hr" => (&mut microseconds, 3_600_000_000),
            "m" | "min" | "minute" => (&mut microseconds, 60_000_000),
            // `s` itself is trimmed away.
            "" | "sec" | "second" => (&mut microseconds, 1_000_000),
            "millisecond" | "msec" => (&mut microseconds, 1000),
            _ => return None,
        };
        *count = count.checked_add(number.checked_mul(factor)?)?;
    }
    Some(print_interval(months, days, microseconds))
}

fn print_interval(months: i64, days: i64, microseconds: i64) -> String {
    let mut parts = Vec::new();
    for (number, one, many) in [(months / 12, "year", "years"), (months % 12, "mon", "mons"), (days, "day", "days")] {
        if number != 0 {
            parts.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    }
    if microseconds != 0 || parts.is_empty() {
        let (seconds, rest) = (microseconds.unsigned_abs() / 1_000_000, microseconds.unsigned_abs() % 1_000_000);
        let sign = if microseconds < 0 { "-" } else { "" };
        let mut clock = format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if rest != 0 {
            clock.push_str(format!(".{rest:06}").trim_end_matches('0'));
        }
        parts.push(clock);
    }
    parts.join(" ")
}

#[derive(Debug, Clone, Default)]
struct Time {
    hour: u32,
    minute: u32,
    second: u32,
    fraction: String,
}

fn print_time(time: &Time) -> String {
    let mut text = format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second);
    let fraction = time.fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

fn read_date(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if (year.len(), month.len(), day.len(), parts.next()) != (4, 2, 2, None) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

/// A time of day and, where there is one, its zone in minutes east of Greenwich.
fn read_time(text: &str) -> Option<(Time, Option<i32>)> {
    let zone_at = text.find(['+', '-', 'Z', 'z']).unwrap_or(text.len());
    let (clock, zone) = text.split_at(zone_at);
    let mut parts = clock.trim_end().split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (second, fraction) = parts.next().map_or(("0", ""), |second| second.split_once('.').unwrap_or((second, "")));
    if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let time = Time { hour, minute, second: second.parse().ok()?, fraction: fraction.to_owned() };
    let in_range = time.hour < 24 && time.minute < 60 && time.second < 60;
    in_range.then_some((time, read_zone(zone)?))
}

/// The zone's minutes; the outer none says that it could not be read.
fn read_zone(text: &str) -> Option<Option<i32>> {
    let (sign, digits) = match text.as_bytes() {
        [] => return Some(None),
        b"Z" | b"z" => return Some(Some(0)),
        [b'+', ..] => (1, &text[1..]),
        [b'-', ..] => (-1, &text[1..]),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    Some(Some(sign * (hours * 60 + minutes)))
}

/// The date so many days (at most one or two) from another.
fn day_after(year: i64, month: i64, day: i64, days: i64) -> (i64, i64, i64) {
    let length = |year: i64, month: i64| match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (mut year, mut month, mut day) = (year, month, day + days);
    if day < 1 {
        (year, month) = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
        day += length(year, month);
    } else if day > length(year, month) {
        day -= length(year, month);
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    (year, month, day)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for (written, shortest) in [
            ("0.00", "0"),
            ("-0", "0"),
            ("00012.500", "12.5"),
            ("+1", "1"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            (".5", "0.5"),
            ("-1.", "-1"),
        ] {
            assert_eq!(canonical_number(written).as_deref(), Some(shortest), "{written}");
        }
        for no_number in ["", "-", "1a", "e5", "1e99999", "0x10", "1.2.3", "ä"] {
            assert_eq!(canonical_number(no_number), None, "{no_number}");
        }
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        assert_eq!(round_to_scale("1.005", 2), "1.01");
        assert_eq!(round_to_scale("-9.995", 2), "-10");
        assert_eq!(round_to_scale("0.4", 0), "0");
        assert_eq!(round_to_scale("-0.4", 0), "0");
        assert_eq!(round_to_scale("12", 2), "12");
    }

    #[test]
    fn intervals_have_one_spelling() {
        let interval = |text: &str| canonical_interval(text);
        assert_eq!(interval("2 hours 30 minutes").unwrap(), "02:30:00");
        assert_eq!(interval("1 week").unwrap(), "7 days");
        assert_eq!(interval("14 months 1day 00:00:01.5").unwrap(), "1 year 2 mons 1 day 00:00:01.5");
        assert_eq!(interval("P1D"), None);
    }

    #[test]
    fn times_have_one_spelling() {
        let time = |text: &str, kind| canonical_time(text, kind);
        assert_eq!(time("2020-01-01", TimeKind::DateTime).unwrap(), "2020-01-01 00:00:00");
        assert_eq!(time("2020-01-01T10:20:30.500Z", TimeKind::DateTime).unwrap(), "2020-01-01 10:20:30.5");
        assert_eq!(time("2020-01-01 00:30:00+02", TimeKind::Moment).unwrap(), "2019-12-31 22:30:00+00");
        assert_eq!(time("2020-02-28 23:30:00-01:00", TimeKind::Moment).unwrap(), "2020-02-29 00:30:00+00");
        assert_eq!(time("10:20", TimeKind::Time).unwrap(), "10:20:00");
        assert_eq!(time("2020-01-01 00:00+aéa", TimeKind::Moment), None);
        assert_eq!(time("infinity", TimeKind::DateTime), None);
        assert_eq!(time("2020-01-0ä", TimeKind::DateTime), None);
    }
}
