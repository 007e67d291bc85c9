package intake

import (
	"errors"
	"regexp"
	"strings"

	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// grouped is a number whose thousands are set off as they should be: 1,90.00 is
// not.
var grouped = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)

// amount reads an amount in the unit that the heading says, as an integer count
// of fen.
func (r *reader) amount() money.Fen {
	c := r.cell(fAmount)
	s := r.clean(fAmount)
	if !r.usable(fAmount, c) {
		return 0
	}
	switch {
	case s == "":
		r.problem(fAmount, "missing")
		return 0
	case c.Kind == sheet.Date:
		r.problem(fAmount, "amount.date")
		return 0
	case c.Kind == sheet.Number && !r.shown(c, s):
		return 0
	}
	fen, err := r.parse(s)
	switch {
	case errors.Is(err, errOtherUnit):
		r.problem(fAmount, "amount.unit")
	case errors.Is(err, money.ErrFraction) && r.header.unit == "fen":
		r.problem(fAmount, "amount.fen")
	case errors.Is(err, money.ErrFraction):
		r.problem(fAmount, "amount.fraction")
	case err != nil:
		r.problem(fAmount, "amount")
	case fen < 1:
		r.problem(fAmount, "amount.low")
	case fen > money.MaxBill:
		r.problem(fAmount, "amount.high", money.MaxBill.Grouped())
	default:
		return fen
	}
	return 0
}

// shown tells whether a number's format shows the number, and says where not.
func (r *reader) shown(c sheet.Cell, value string) bool {
	d := r.display(c.Format)
	_, fraction, _ := strings.Cut(value, ".")
	switch {
	case d.scaled:
		r.problem(fAmount, "amount.format", c.Format)
	case d.foreign, d.unit != "" && d.unit != r.header.unit:
		r.problem(fAmount, "amount.unit")
	case d.decimals >= 0 && len(fraction) > d.decimals:
		r.problem(fAmount, "amount.hidden", c.Format)
	default:
		if d.nothing {
			r.note(noteUnseen, fAmount)
		}
		return true
	}
	return false
}

// display reads each format once: a column has few.
func (r *reader) display(format string) display {
	d, ok := r.notes.formats[format]
	if !ok {
		d = show(format)
		r.notes.formats[format] = d
	}
	return d
}

var errOtherUnit = errors.New("the amount says another unit than the heading")

// parse reads a cleaned text as an amount. A currency sign and the unit's own
// word may stand around it, and nothing else: "1元9" is not 19.
func (r *reader) parse(s string) (money.Fen, error) {
	word, other := "元", "分"
	read := money.ParseYuan
	if r.header.unit == "fen" {
		word, other, read = "分", "元", money.ParseFen
	}
	s = strings.Replace(s, "−", "-", 1)
	bare, marked := strings.CutPrefix(strings.TrimPrefix(s, "¥"), "￥")
	marked = marked || strings.HasPrefix(s, "¥")
	if marked && r.header.unit == "fen" || strings.HasSuffix(bare, other) && bare[0] <= '9' {
		return 0, errOtherUnit
	}
	bare = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(bare), word))
	if strings.Contains(bare, ",") && grouped.MatchString(bare) {
		bare = strings.ReplaceAll(bare, ",", "")
	}
	return read(bare)
}
