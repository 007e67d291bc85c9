package money

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Fen is an amount in fen. A bare integer would mislead a reader of
// logs, so String gives yuan with two decimals
// ("19.08"), while JSON keeps the integer that programs compute with.
type Fen int64

// MaxBill is the largest amount that one completion may have: the gateway's
// limit for totalAmount (official page: 1..100000000 fen).
const MaxBill Fen = 100_000_000

// Errors of parsing; each says which rule the text broke.
var (
	ErrEmpty    = errors.New("amount is empty")
	ErrNotANum  = errors.New("amount is not a plain decimal number")
	ErrFraction = errors.New("amount has a fraction of a fen")
	ErrTooLarge = errors.New("amount is too large")
)

// ParseFen reads a whole number of fen. "1908" and "1908.00" are 1908 fen;
// "19.08" is refused with ErrFraction. A leading minus sign is read; a plus
// sign, an exponent, spaces and separators are not: cleaning is the caller's.
func ParseFen(s string) (Fen, error) { return parse(s, 0) }

// ParseYuan reads yuan with at most two significant decimals. "19.08" is 1908
// fen, "19.080" too; "19.085" is refused with ErrFraction.
func ParseYuan(s string) (Fen, error) { return parse(s, 2) }

// parse reads digits[.digits] and shifts the point right by scale digits.
func parse(s string, scale int) (Fen, error) {
	if s == "" {
		return 0, ErrEmpty
	}
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || (dotted && fraction == "") || !allDigits(whole) || !allDigits(fraction) {
		return 0, ErrNotANum
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > scale {
		return 0, ErrFraction
	}
	shifted := append(append(make([]byte, 0, 32), whole...), fraction...)
	for range scale - len(fraction) {
		shifted = append(shifted, '0')
	}
	n, err := strconv.ParseInt(string(shifted), 10, 64)
	if err != nil {
		return 0, ErrTooLarge
	}
	if negative {
		n = -n
	}
	return Fen(n), nil
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String gives yuan with two decimals and no separators: "19.08", "-0.05".
func (f Fen) String() string { return f.format("") }

// Grouped gives yuan with thousands separators, for people: "1,234,567.89".
func (f Fen) Grouped() string { return f.format(",") }

func (f Fen) format(separator string) string {
	sign, n := "", uint64(f)
	if f < 0 {
		sign, n = "-", uint64(-(f+1))+1
	}
	whole := strconv.FormatUint(n/100, 10)
	if separator != "" {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + separator + whole[i:]
		}
	}
	cents := strconv.FormatUint(n%100, 10)
	if len(cents) == 1 {
		cents = "0" + cents
	}
	return sign + whole + "." + cents
}

// Add gives the sum, and false where it would overflow.
func (f Fen) Add(g Fen) (Fen, bool) {
	if (g > 0 && f > math.MaxInt64-g) || (g < 0 && f < math.MinInt64-g) {
		return 0, false
	}
	return f + g, true
}
