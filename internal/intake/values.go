package intake

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/ums"
)

// reader turns the cells of one row into a bill.
type reader struct {
	header   *Header
	options  *Options
	row      sheet.Row
	problems []batch.Problem
	notes    *notes
	written  string // the last row's date, as it was written, …
	day      string // … and the day that it is
}

// problem notes what is wrong with a field's cell. An authorisation code is
// never repeated, and neither is what looks like a card number.
func (r *reader) problem(f field, key string, args ...string) {
	p := batch.Problem{Key: "intake." + key, Args: args, Sheet: r.header.Sheet}
	if column := r.header.columns.of(f); column >= 0 {
		p.Cell = r.at(f)
		p.Heading = strings.TrimSpace(r.header.Headings[column])
		p.Value = brief(strings.TrimSpace(r.cell(f).Text))
		if _, card := cardDigits(p.Value); f == fAuthCode || card && !exempt[f] {
			p.Value = ums.MaskCode(p.Value)
		}
	}
	r.problems = append(r.problems, p)
}

func (r *reader) note(key string, f field) { r.notes.add(key, r.at(f)) }

// at names a field's cell: "C17".
func (r *reader) at(f field) string {
	return sheet.Column(r.header.columns.of(f)) + strconv.Itoa(r.row.Number)
}

func (r *reader) cell(f field) sheet.Cell {
	column := r.header.columns.of(f)
	if column < 0 || column >= len(r.row.Cells) {
		return sheet.Cell{}
	}
	return r.row.Cells[column]
}

func (r *reader) bill() batch.Bill {
	return batch.Bill{
		MID:           r.identifier(fMID, r.options.MID),
		TID:           r.identifier(fTID, r.options.TID),
		InstMID:       r.free(fInstMID, defaultInstMID),
		BillNo:        r.identifier(fBillNo, ""),
		BillDate:      r.date(),
		AuthIDRespCd:  r.identifier(fAuthCode, ""),
		AuthedOrderID: r.orderID(),
		Amount:        r.amount(),
		MsgID:         r.free(fMsgID, ""),
		SrcReserve:    r.free(fReserve, ""),
		AuthedDesc:    r.free(fDesc, ""),
	}
}

func (r *reader) orderID() string {
	if strings.TrimSpace(r.cell(fOrderID).Text) == "" {
		return ""
	}
	return r.identifier(fOrderID, "")
}

// clean folds full-width forms and drops what nobody sees, and the marks that
// keep a spreadsheet program from changing a number: '012345, `012345,
// ="012345".
func clean(s string) string {
	s = seen(s)
	for {
		bare := strings.TrimLeft(s, "'`")
		if inside, ok := strings.CutPrefix(bare, `="`); ok && strings.HasSuffix(inside, `"`) {
			bare = strings.TrimSuffix(inside, `"`)
		}
		if bare = strings.TrimFunc(bare, unicode.IsSpace); bare == s {
			return s
		}
		s = bare
	}
}

// seen is the text as it is seen, in half-width forms.
func seen(s string) string {
	s = strings.Map(func(c rune) rune {
		if invisible(c) {
			return -1
		}
		return c
	}, width.Fold.String(s))
	return strings.TrimFunc(s, unicode.IsSpace)
}

// clean gives a field's cleaned text, and notes what was cleaned away.
func (r *reader) clean(f field) string {
	text := r.cell(f).Text
	if isPlain(text) && text[0] != '\'' && text[0] != '`' && text[0] != '=' {
		return text
	}
	s := clean(text)
	if strings.ContainsFunc(text, invisible) {
		r.note(noteInvisible, f)
	}
	if s != seen(text) {
		r.note(noteUnwrapped, f)
	}
	return s
}

var scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+?\d+$`)

// isPlain tells whether a text has visible ASCII characters alone, and some.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < '!' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

// usable tells whether a cell's value may be used at all, and says why not.
func (r *reader) usable(f field, c sheet.Cell) bool {
	switch {
	case isMarked(c.Text):
		r.problem(f, "example")
	case c.Formula && c.Text == "":
		r.problem(f, "formula.empty")
	case c.Linked:
		r.problem(f, "formula.linked")
	case c.Formula && r.options.Formulas == "refuse":
		r.problem(f, "formula")
	case c.Kind == sheet.Error:
		r.problem(f, "cellerror")
	case c.Kind == sheet.Bool:
		r.problem(f, "bool")
	default:
		if c.Formula {
			r.note(noteFormula, f)
		}
		return true
	}
	return false
}

// identifier reads what must be text: a number cell may have lost zeros or
// digits, and nobody can tell. It may be a number where it has as many digits as
// the field can have, or where its format shows every zero.
func (r *reader) identifier(f field, otherwise string) string {
	c, least, most := r.cell(f), lengths[f].least, lengths[f].most
	s := r.clean(f)
	if s == "" && c.Kind == sheet.Empty && !c.Formula && otherwise != "" {
		return otherwise
	}
	if !r.usable(f, c) {
		return s
	}
	if padded, ok := padded(c); ok {
		r.note(notePadded, f)
		c.Kind, s = sheet.Text, padded
	}
	switch {
	case s == "":
		r.problem(f, "missing")
	case c.Kind == sheet.Number && len(s) == most && most <= 15 && isDigits(s):
		// None can have been lost.
	case c.Kind == sheet.Number && len(strings.TrimPrefix(s, "-")) > 15:
		r.problem(f, "number.long")
	case c.Kind == sheet.Number || c.Kind == sheet.Date:
		r.problem(f, "number")
	case (strings.IndexByte(s, 'E') > 0 || strings.IndexByte(s, 'e') > 0) && scientific.MatchString(s):
		r.problem(f, "scientific")
	case !isPlain(s):
		r.problem(f, "characters")
	case len(s) < least || len(s) > most:
		r.problem(f, "length", strconv.Itoa(least), strconv.Itoa(most), strconv.Itoa(len(s)))
	case len(s) > 16 && isDigits(s) && strings.Trim(s[15:], "0") == "":
		r.note(noteZeros, f)
	}
	return s
}

// padded gives the digits that a cell shows whose format is 000000 or its like.
func padded(c sheet.Cell) (string, bool) {
	places := len(c.Format)
	if c.Kind != sheet.Number || places < 2 || strings.Trim(c.Format, "0") != "" || !isDigits(c.Text) || len(c.Text) > min(places, 15) || places > 31 {
		return "", false
	}
	return strings.Repeat("0", places-len(c.Text)) + c.Text, true
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// free reads a text that is passed on as it is.
func (r *reader) free(f field, otherwise string) string {
	c, most := r.cell(f), lengths[f].most
	s := strings.TrimSpace(c.Text)
	if s == "" && !c.Formula {
		return otherwise
	}
	if !r.usable(f, c) {
		return s
	}
	switch characters, ok := sendable(s); {
	case !ok:
		r.problem(f, "control")
	case characters > most:
		r.problem(f, "length", "0", strconv.Itoa(most), strconv.Itoa(characters))
	}
	return s
}

// sendable counts a text's characters; ok is false where one of them cannot be sent.
func sendable(s string) (characters int, ok bool) {
	for _, c := range s {
		if unsendable(c) {
			return 0, false
		}
		characters++
	}
	return characters, true
}

// unsendable tells characters that have no place in a text on the wire: control
// characters, damaged ones, and those that mean nothing outside of one machine.
func unsendable(c rune) bool {
	if c < firstPrivate {
		return unicode.IsControl(c)
	}
	return c == utf8.RuneError || unicode.Is(unicode.Co, c) || c&0xFFFE == 0xFFFE
}

// firstPrivate is where the characters begin that Unicode leaves to each machine;
// below it stands all that a text usually has.
const firstPrivate = 0xE000

var dateForms = []string{"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04"}

// date reads the forms that put the year first; 3/4/2026 is either of two days.
func (r *reader) date() string {
	c := r.cell(fBillDate)
	s := r.clean(fBillDate)
	if !r.usable(fBillDate, c) {
		return s
	}
	if s == "" {
		r.problem(fBillDate, "missing")
		return ""
	}
	if s != r.written || r.day == "" {
		r.written, r.day = s, r.dayOf(s)
	}
	return cmp.Or(r.day, s)
}

// dayOf gives the day that a text says, and "" for one that it cannot be.
func (r *reader) dayOf(s string) string {
	for _, form := range dateForms {
		day, err := time.Parse(form, s)
		if err != nil {
			continue
		}
		if day.Year() < 2000 || day.Year() > r.lastYear() {
			r.problem(fBillDate, "date.far")
			return ""
		}
		if form == time.DateOnly {
			return s // as most are written already
		}
		return day.Format(time.DateOnly)
	}
	r.problem(fBillDate, "date")
	return ""
}

// lastYear bounds dates: far ahead, somebody's year is wrong.
func (r *reader) lastYear() int {
	if r.options.Now.IsZero() {
		return 2100
	}
	return r.options.Now.Year() + 5
}
