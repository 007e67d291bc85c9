package sheet

import "strconv"

// cellNumber is the one place where an amount becomes a float: the number that a
// workbook's cell holds. Its text has at most 15 significant digits, of which a
// float64 gives every one back (tried for every amount up to 10^15 fen that the
// tests draw).
func cellNumber(decimal string) float64 {
	f, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		panic("sheet: " + decimal + " is no decimal text")
	}
	return f
}
