//! Words as vectors: the table in the binary, made by `table/make_table.py`.

use std::sync::LazyLock;

/// Numbers in a vector.
pub(super) const DIMS: usize = 128;

/// What a word or a sentence means, as a direction.
pub(super) type Vector = [f32; DIMS];

static BYTES: &[u8] = include_bytes!("data/table.bin");

/// Words in order, each with a weight and a row of small integers. All but the places of the words stays in the binary.
pub(super) struct Table {
    words: &'static str,
    /// Where each word begins in `words`, and where the last one ends.
    places: Vec<u32>,
    weights: &'static [[u8; 4]],
    scales: &'static [[u8; 4]],
    rows: &'static [u8],
}

/// A word of the table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row(usize);

impl Table {
    /// The table; `None` if its bytes are not what was expected, and understanding goes by shared words alone.
    pub(super) fn get() -> Option<&'static Self> {
        static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| Table::read(BYTES));
        TABLE.as_ref()
    }

    /// Header, words separated by line ends, weights, scales, rows.
    pub(super) fn read(bytes: &'static [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"VXBT")?;
        let (header, rest) = rest.split_at_checked(16)?;
        let field = |at: usize| Some(u32::from_le_bytes(*header.get(at * 4..)?.first_chunk()?) as usize);
        let (version, count, dims, letters) = (field(0)?, field(1)?, field(2)?, field(3)?);
        if (version, dims) != (1, DIMS) {
            return None;
        }
        let (words, rest) = rest.split_at_checked(letters)?;
        let (weights, rest) = rest.split_at_checked(count.checked_mul(4)?)?;
        let (scales, rows) = rest.split_at_checked(count.checked_mul(4)?)?;
        let words = std::str::from_utf8(words).ok()?;
        let mut places: Vec<u32> = vec![0];
        places.extend(words.match_indices('\n').filter_map(|(at, _)| u32::try_from(at + 1).ok()));
        places.push(u32::try_from(words.len() + 1).ok()?);
        let table = Self { words, places, weights: weights.as_chunks().0, scales: scales.as_chunks().0, rows };
        let in_order = (1..count).all(|at| table.word(at - 1) < table.word(at));
        (table.places.len() == count + 1 && rows.len() == count.checked_mul(DIMS)? && in_order).then_some(table)
    }

    fn word(&self, at: usize) -> Option<&'static str> {
        let (start, end) = (*self.places.get(at)? as usize, *self.places.get(at + 1)? as usize);
        self.words.get(start..end - 1)
    }

    /// The row of a folded word, else of what it is an inflection of.
    pub(super) fn find(&self, word: &str) -> Option<Row> {
        if word.bytes().any(|b| b.is_ascii_digit()) {
            return self.exact("0");
        }
        self.exact(word).or_else(|| {
            let endings = [("ies", "y"), ("ing", ""), ("ing", "e"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", "")];
            let endings = endings.into_iter().chain([("er", ""), ("er", "e"), ("ly", "")]);
            endings
                .filter_map(|(ending, instead)| {
                    let base = word.strip_suffix(ending).filter(|base| base.len() > 2)?;
                    self.exact(&[base, instead].concat())
                })
                .next()
        })
    }

    fn exact(&self, word: &str) -> Option<Row> {
        let (mut low, mut high) = (0, self.places.len() - 1);
        while low < high {
            let middle = low.midpoint(high);
            match self.word(middle)?.cmp(word) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(Row(middle)),
            }
        }
        None
    }

    /// The word's vector times its weight: what it adds to its sentence.
    pub(super) fn vector(&self, row: Row) -> Vector {
        let number = |of: &[[u8; 4]]| of.get(row.0).map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
        let factor = number(self.scales) * number(self.weights);
        let mut vector = [0.0; DIMS];
        let bytes = self.rows.get(row.0 * DIMS..(row.0 + 1) * DIMS).unwrap_or_default();
        for (slot, byte) in vector.iter_mut().zip(bytes) {
            *slot = factor * f32::from(byte.cast_signed());
        }
        vector
    }
}

/// A direction of its own for a word that the table lacks: alike only to itself.
pub(super) fn unknown(key: &str) -> Vector {
    let mut state = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut vector = [0.0; DIMS];
    for slot in &mut vector {
        // SplitMix64: one bit of each number decides the sign.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        *slot = if (mixed ^ (mixed >> 31)) & 1 == 0 { 1.0 } else { -1.0 } * UNKNOWN / (DIMS as f32).sqrt();
    }
    vector
}

/// How much an unknown word weighs, where an ordinary word of the table weighs about one.
const UNKNOWN: f32 = 0.6;

pub(super) fn dot(a: &Vector, b: &Vector) -> f32 {
    // Eight sums side by side, so that the compiler uses the wide registers.
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

pub(super) fn add(to: &mut Vector, other: &Vector, times: f32) {
    for (slot, other) in to.iter_mut().zip(other) {
        *slot += times * other;
    }
}

/// Scales a vector to length one and returns the length it had; a vector of zeros stays.
pub(super) fn scale(vector: &mut Vector) -> f32 {
    let length = dot(vector, vector).sqrt();
    if length > 1e-6 {
        vector.iter_mut().for_each(|slot| *slot /= length);
    }
    length
}
