package sheet

import (
	"strconv"
	"strings"
)

// precision is how many significant digits spreadsheet programs compute with.
const precision = 15

// decimal turns a number as a workbook stores it ("19.079999999999998",
// "1.23456789012E11", "1908.0") into plain decimal text, rounded to 15
// significant digits, half away from zero. It works on the digits; no float is
// made. It tells how many significant digits were stored, and false for what is
// no number.
func decimal(raw string) (text string, stored int, ok bool) {
	mantissa, exponent, _ := strings.Cut(strings.ToUpper(raw), "E")
	shift := 0
	if strings.ContainsAny(raw, "eE") {
		n, err := strconv.Atoi(exponent)
		if err != nil || n < -400 || n > 400 {
			return "", 0, false
		}
		shift = n
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "+")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", 0, false
	}
	point := len(whole) + shift
	trimmed := strings.TrimLeft(digits, "0")
	point -= len(digits) - len(trimmed)
	digits = strings.TrimRight(trimmed, "0")
	stored = len(digits)
	if digits, point = round(digits, point); digits == "" {
		return "0", stored, true
	}
	switch {
	case point <= 0:
		text = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		text = digits + strings.Repeat("0", point-len(digits))
	default:
		text = digits[:point] + "." + digits[point:]
	}
	if negative {
		text = "-" + text
	}
	return text, stored, true
}

// round keeps the first 15 of the digits of 0.DIGITS × 10^point.
func round(digits string, point int) (string, int) {
	if len(digits) <= precision {
		return digits, point
	}
	kept := []byte(digits[:precision])
	if digits[precision] >= '5' {
		i := precision - 1
		for ; i >= 0 && kept[i] == '9'; i-- {
			kept[i] = '0'
		}
		if i < 0 {
			return "1", point + 1
		}
		kept[i]++
	}
	return strings.TrimRight(string(kept), "0"), point
}
