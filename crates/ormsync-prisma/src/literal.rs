//! Reading the literals of defaults: times, Base64, JSON, decimal numbers.

/// A point in time as RFC 3339 writes it, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time<'t> {
    /// `2020-01-31`.
    pub(crate) date: &'t str,
    /// `12:00:00`.
    pub(crate) time: &'t str,
    /// The digits behind the point, as written.
    pub(crate) fraction: &'t str,
    /// `+01:00`; `Z` is `+00:00`.
    pub(crate) offset: &'t str,
}

/// Reads a time with date and offset.
pub(crate) fn parse_time(text: &str) -> Option<Time<'_>> {
    let date = text.get(..10)?;
    let separator = text.as_bytes().get(10)?;
    let time = text.get(11..19)?;
    let rest = text.get(19..)?;
    let (fraction, offset) = match rest.strip_prefix('.') {
        None => ("", rest),
        Some(rest) => rest.split_at(rest.find(|digit: char| !digit.is_ascii_digit())?),
    };
    let offset = if matches!(offset, "Z" | "z") { "+00:00" } else { offset };
    let is_valid = is_date(date)
        && matches!(separator, b'T' | b't' | b' ')
        && is_clock(time)
        && (!rest.starts_with('.') || !fraction.is_empty())
        && is_offset(offset);
    is_valid.then_some(Time { date, time, fraction, offset })
}

/// The numbers of `00-00-00`-like text with the given separator.
fn numbers<const COUNT: usize>(text: &str, separator: char) -> Option<[u32; COUNT]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; COUNT];
    for number in &mut numbers {
        let part = parts.next()?;
        if !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = numbers::<3>(text, '-') else { return false };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    text.len() == 10 && (1..=days).contains(&day)
}

fn is_clock(text: &str) -> bool {
    text.len() == 8
        && matches!(numbers::<3>(text, ':'), Some([hour, minute, second]) if hour < 24 && minute < 60 && second <= 60)
}

fn is_offset(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['+', '-']) else { return false };
    rest.len() == 5 && matches!(numbers::<2>(rest, ':'), Some([hour, minute]) if hour < 24 && minute < 60)
}

/// The bytes of Base64 text, in lower-case hexadecimal.
pub(crate) fn decode_base64(text: &str) -> Option<String> {
    let content = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - content.len() > 2 {
        return None;
    }
    let mut bits = 0_u32;
    let mut count = 0;
    let mut hexadecimal = String::new();
    for byte in content.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            hexadecimal.push_str(&format!("{:02x}", (bits >> count) & 0xff));
        }
    }
    Some(hexadecimal)
}

/// Base64 of bytes in hexadecimal.
pub(crate) fn encode_base64(hexadecimal: &str) -> Option<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if !hexadecimal.len().is_multiple_of(2) || !hexadecimal.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..hexadecimal.len()).step_by(2).map(|at| u8::from_str_radix(&hexadecimal[at..at + 2], 16).ok()).collect();
    let mut text = String::new();
    for chunk in bytes?.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let digit = DIGITS[((bits >> (18 - 6 * position)) & 63) as usize];
            text.push(if position <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    Some(text)
}

/// Whether a text is JSON.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// A decimal number in its shortest form without exponent: `007.50` is `7.5`, `1e2` is `100`.
pub(crate) fn shortest_number(text: &str) -> Option<String> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, exponent) = match digits.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > 1000 {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let (whole, fraction) = place_point(&all, point);
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let unsigned = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    Some(if is_negative && unsigned != "0" { format!("-{unsigned}") } else { unsigned })
}

/// Splits digits at `point`, with zeros where it lies outside them.
fn place_point(digits: &str, point: i32) -> (String, String) {
    match usize::try_from(point) {
        Err(_) => (String::new(), "0".repeat(point.unsigned_abs() as usize) + digits),
        Ok(point) if point >= digits.len() => (digits.to_owned() + &"0".repeat(point - digits.len()), String::new()),
        Ok(point) => (digits[..point].to_owned(), digits[point..].to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn numbers_are_shortest() {
        for (written, shortest) in [
            ("1.50", "1.5"),
            ("007", "7"),
            ("-0.0", "0"),
            ("-5", "-5"),
            ("+1.5", "1.5"),
            ("1e2", "100"),
            ("1.25e1", "12.5"),
            ("5e-3", "0.005"),
            ("0.000", "0"),
        ] {
            assert_eq!(shortest_number(written).as_deref(), Some(shortest), "{written}");
        }
        for written in ["", "-", "a", "1.2.3", "1e", "1e9999999"] {
            assert_eq!(shortest_number(written), None, "{written}");
        }
    }

    #[test]
    fn times_need_an_offset() {
        let time = parse_time("2020-01-31T12:00:05.120+02:00").unwrap();
        assert_eq!((time.date, time.time, time.fraction, time.offset), ("2020-01-31", "12:00:05", "120", "+02:00"));
        assert_eq!(parse_time("2020-01-31T12:00:05Z").unwrap().offset, "+00:00");
        for wrong in [
            "2020-01-31",
            "2020-01-31T12:00:05",
            "2020-02-30T12:00:05Z",
            "2020-01-31T25:00:05Z",
            "äöü",
            "2020-01-31T12:00:05.Z",
        ] {
            assert_eq!(parse_time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn base64_is_decoded() {
        assert_eq!(decode_base64("aGVsbG8=").as_deref(), Some("68656c6c6f"));
        assert_eq!(decode_base64("").as_deref(), Some(""));
        assert_eq!(decode_base64("aGVsbG8"), None);
        assert_eq!(decode_base64("a-b_"), None);
        for text in ["", "aA==", "aGU=", "aGVs", "aGVsbG8="] {
            assert_eq!(encode_base64(&decode_base64(text).unwrap()).as_deref(), Some(text));
        }
    }
}
