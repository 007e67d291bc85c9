package intake

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/ums"
)

// reader turns the cells of one row into a bill.
type reader struct {
	header   Header
	options  Options
	row      sheet.Row
	problems []batch.Problem
}

// problem notes what is wrong with a field's cell.
func (r *reader) problem(f field, key string, args ...string) {
	p := batch.Problem{Key: "intake." + key, Args: args, Sheet: r.header.Sheet}
	if column, ok := r.header.columns[f]; ok {
		p.Cell = sheet.Column(column) + strconv.Itoa(r.row.Number)
		p.Heading = strings.TrimSpace(r.header.Headings[column])
		if p.Value = strings.TrimSpace(r.cell(f).Text); f == fAuthCode {
			p.Value = ums.MaskCode(p.Value)
		}
	}
	r.problems = append(r.problems, p)
}

func (r *reader) cell(f field) sheet.Cell {
	column, ok := r.header.columns[f]
	if !ok || column >= len(r.row.Cells) {
		return sheet.Cell{}
	}
	return r.row.Cells[column]
}

func (r *reader) bill() batch.Bill {
	return batch.Bill{
		MID:           r.identifier(fMID, 1, 15, r.options.MID),
		TID:           r.identifier(fTID, 1, 8, r.options.TID),
		InstMID:       r.free(fInstMID, 32, "QRPAYDEFAULT"),
		BillNo:        r.identifier(fBillNo, 6, 31, ""),
		BillDate:      r.date(),
		AuthIDRespCd:  r.identifier(fAuthCode, 6, 255, ""),
		AuthedOrderID: r.orderID(),
		Amount:        r.amount(),
		MsgID:         r.free(fMsgID, 64, ""),
		SrcReserve:    r.free(fReserve, 255, ""),
		AuthedDesc:    r.free(fDesc, 255, ""),
	}
}

func (r *reader) orderID() string {
	if strings.TrimSpace(r.cell(fOrderID).Text) == "" {
		return ""
	}
	return r.identifier(fOrderID, 6, 32, "")
}

// clean folds full-width forms and drops what nobody sees.
func clean(s string) string {
	s = strings.Map(func(c rune) rune {
		if invisible(c) {
			return -1
		}
		return c
	}, width.Fold.String(s))
	return strings.TrimFunc(s, unicode.IsSpace)
}

var (
	scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+?\d+$`)
	plainID    = regexp.MustCompile(`^[!-~]+$`)
)

// usable tells whether a cell's value may be used at all, and says why not.
func (r *reader) usable(f field, c sheet.Cell) bool {
	switch {
	case c.Formula && c.Text == "":
		r.problem(f, "formula.empty")
	case c.Formula && r.options.Formulas == "refuse":
		r.problem(f, "formula")
	case c.Kind == sheet.Error:
		r.problem(f, "cellerror")
	case c.Kind == sheet.Bool:
		r.problem(f, "bool")
	default:
		return true
	}
	return false
}

// identifier reads what must be text: a number cell may have lost zeros or
// digits, and nobody can tell.
func (r *reader) identifier(f field, least, most int, otherwise string) string {
	c := r.cell(f)
	s := clean(c.Text)
	if s == "" && c.Kind == sheet.Empty && otherwise != "" {
		return otherwise
	}
	if !r.usable(f, c) {
		return s
	}
	switch {
	case s == "":
		r.problem(f, "missing")
	case c.Kind == sheet.Number && f == fMID && len(s) == 15 && c.Digits <= 15:
		// A merchant number has 15 digits: none can have been lost.
	case c.Kind == sheet.Number && len(strings.TrimPrefix(s, "-")) > 15:
		r.problem(f, "number.long")
	case c.Kind == sheet.Number || c.Kind == sheet.Date:
		r.problem(f, "number")
	case scientific.MatchString(s):
		r.problem(f, "scientific")
	case !plainID.MatchString(s):
		r.problem(f, "characters")
	case len(s) < least || len(s) > most:
		r.problem(f, "length", strconv.Itoa(least), strconv.Itoa(most), strconv.Itoa(len(s)))
	}
	return s
}

// free reads a text that is passed on as it is.
func (r *reader) free(f field, most int, otherwise string) string {
	c := r.cell(f)
	s := strings.TrimSpace(c.Text)
	if s == "" {
		return otherwise
	}
	switch {
	case !r.usable(f, c):
	case strings.ContainsFunc(s, unicode.IsControl):
		r.problem(f, "control")
	case utf8.RuneCountInString(s) > most:
		r.problem(f, "length", "0", strconv.Itoa(most), strconv.Itoa(utf8.RuneCountInString(s)))
	}
	return s
}

var dateForms = []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04"}

// date reads the forms that put the year first; 3/4/2026 is either of two days.
func (r *reader) date() string {
	c := r.cell(fBillDate)
	s := clean(c.Text)
	if !r.usable(fBillDate, c) {
		return s
	}
	if s == "" {
		r.problem(fBillDate, "missing")
		return ""
	}
	for _, form := range dateForms {
		day, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if day.Year() < 2000 || day.Year() > 2100 {
			break
		}
		return day.Format(time.DateOnly)
	}
	r.problem(fBillDate, "date")
	return s
}

var (
	grouped  = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)
	decorate = strings.NewReplacer("¥", "", "￥", "", "元", "", " ", "", "−", "-")
)

// amount reads an amount in the unit that the heading says, as an integer count
// of fen.
func (r *reader) amount() money.Fen {
	c := r.cell(fAmount)
	s := clean(c.Text)
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
	case c.Kind == sheet.Number && scaled(c.Format):
		r.problem(fAmount, "amount.format", c.Format)
		return 0
	case c.Kind == sheet.Number && hides(c.Format, s):
		r.problem(fAmount, "amount.hidden", c.Format)
		return 0
	}
	fen, err := r.parse(s)
	switch {
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

func (r *reader) parse(s string) (money.Fen, error) {
	if r.header.unit == "fen" {
		if grouped.MatchString(s) {
			s = strings.ReplaceAll(s, ",", "")
		}
		return money.ParseFen(s)
	}
	s = decorate.Replace(s)
	if grouped.MatchString(s) {
		s = strings.ReplaceAll(s, ",", "")
	}
	return money.ParseYuan(s)
}

// scaled tells a number format that shows another number than the cell holds:
// percent, fractions, thousands, 万, powers of ten, Chinese numerals.
func scaled(format string) bool {
	first, _, _ := strings.Cut(format, ";")
	for _, word := range []string{"%", "万", "?/", "#/", "E+", "e+", "DBNum", "0!.0"} {
		if strings.Contains(format, word) {
			return true
		}
	}
	digits := strings.TrimRight(strings.TrimRight(first, `"元 _)`), " ")
	return strings.HasSuffix(digits, ",")
}

// hides tells whether a format shows fewer decimals than the value has.
func hides(format, value string) bool {
	first, _, _ := strings.Cut(format, ";")
	if strings.Trim(first, "0#,.?") != "" || first == "" {
		return false // General, or a format with words: the value itself is looked at
	}
	_, fraction, _ := strings.Cut(value, ".")
	_, shown, _ := strings.Cut(first, ".")
	return len(fraction) > len(shown)
}
