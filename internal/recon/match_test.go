package recon

import (
	"fmt"
	"iter"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/ums"
)

// memory is a statement that is in no file.
type memory [][]string

func (m memory) Sheets() []sheet.SheetInfo { return []sheet.SheetInfo{{Name: "对账数据"}} }
func (m memory) Marks(string) sheet.Marks  { return sheet.Marks{} }
func (m memory) Mark() string              { return "" }
func (m memory) Close() error              { return nil }
func (m memory) Rows(string) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		for i, fields := range m {
			row := sheet.Row{Number: i + 1}
			for _, f := range fields {
				row.Cells = append(row.Cells, sheet.Cell{Kind: sheet.Text, Text: f})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

var portalHead = strings.Fields("清算时间 交易时间 终端号 交易类型 卡号 交易金额 清算金额 手续费 流水号 检索号 卡类型 商户号 商户订单号 银商订单号 优惠金额")

const (
	theMID = "898440355410001"
	day20  = "2026-11-20"
	day21  = "2026-11-21"
)

// stmtLine is a line of the portal's layout, as a test wants it.
type stmtLine struct {
	date, kind, ref, order string
	fen, fee, discount     money.Fen
	mid, card              string
}

func (l stmtLine) fields() []string {
	mid := l.mid
	if mid == "" {
		mid = theMID
	}
	return []string{l.date, l.date + " 12:00:00", "40001001", l.kind, "6222***", l.fen.String(), (l.fen - l.fee).String(), l.fee.String(), "000001", l.ref, l.card, mid, l.order, "1123", l.discount.String()}
}

func statementOf(lines ...stmtLine) StatementFile {
	m := memory{{"总笔数:" + fmt.Sprint(len(lines))}, portalHead}
	for _, l := range lines {
		m = append(m, l.fields())
	}
	return StatementFile{Name: "s.xlsx", File: append(m, []string{"以上数据仅供参考"})}
}

// bill is a completed row of 10.00 yuan on the 20th, number n of its batch.
func bill(n int, change ...func(*batch.Row)) batch.Row {
	r := batch.Row{ID: int64(n), Batch: "b", Line: n, State: batch.Completed, OrderID: fmt.Sprintf("124F%022d", n), Attempts: 1, UpdatedAt: now,
		Bill:    batch.Bill{MID: theMID, TID: "40001001", BillNo: fmt.Sprintf("124F%08d", n), BillDate: day20, Amount: 1000},
		Payment: ums.Payment{SettleDate: day20, TotalAmount: 1000, PaySeqID: fmt.Sprintf("%011dN", n)}}
	for _, c := range change {
		c(&r)
	}
	return r
}

func in(s batch.State) func(*batch.Row) {
	return func(r *batch.Row) { r.State, r.Payment = s, ums.Payment{} }
}

// lineOf is the line that agrees with bill n.
func lineOf(n int, change ...func(*stmtLine)) stmtLine {
	l := stmtLine{date: day20, kind: "预授权完成", ref: fmt.Sprintf("%011dN", n), order: fmt.Sprintf("124F%022d", n), fen: 1000, fee: 6}
	for _, c := range change {
		c(&l)
	}
	return l
}

func sourceOf(rows ...batch.Row) Source {
	var sum Sum
	for _, r := range rows {
		sum.add(r.Amount)
	}
	s := source(rows, sum)
	s.Batches[0].Name = "b"
	return s
}

func reconcile(t testing.TB, s Source, sel Selection, in Input) Result {
	t.Helper()
	if in.Layouts == nil {
		in.Layouts = BuiltIn()
	}
	if in.Today == "" {
		in.Today = "2026-11-23"
	}
	r, err := Reconcile(s, sel, in)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// told lists breaks as "kind fen why, our line, their line".
func told(breaks []Break) string {
	var all []string
	for _, b := range breaks {
		text := fmt.Sprintf("%s %d %s", b.Kind, b.Fen, b.Why)
		if b.Ours != nil {
			text += fmt.Sprintf(" ours:%d", b.Ours.Line)
		}
		if b.Theirs != nil {
			text += fmt.Sprintf(" theirs:%d", b.Theirs.Line-2)
		}
		all = append(all, strings.Join(strings.Fields(text), " "))
	}
	return strings.Join(all, "; ")
}

func TestEveryRowAndLineHasItsPlace(t *testing.T) {
	fees, err := CheckFees([]FeeRule{{Rate: "60"}})
	if err != nil {
		t.Fatal(err)
	}
	lineSet := func(f func(*stmtLine)) func(*stmtLine) { return f }
	on := func(date string) func(*stmtLine) { return func(l *stmtLine) { l.date = date } }
	only20 := Selection{Dates: []string{day20}}
	for name, c := range map[string]struct {
		rows                   []batch.Row
		lines                  []stmtLine
		sel                    Selection
		matched, other, beyond int
		breaks                 string
	}{
		"both keys":              {[]batch.Row{bill(1)}, []stmtLine{lineOf(1)}, Selection{}, 1, 0, 0, ""},
		"检索号 alone":              {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.order = "" })}, Selection{}, 1, 0, 0, ""},
		"order id with amount":   {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.ref = "" })}, Selection{}, 1, 0, 0, ""},
		"another merchant's":     {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.mid = "898440355410009" })}, only20, 0, 0, 0, "only_ums 1000 theirs:1; only_ours 1000 uncovered ours:1"},
		"only ours":              {[]batch.Row{bill(1), bill(2)}, []stmtLine{lineOf(1)}, Selection{}, 1, 0, 0, "only_ours 1000 ours:2"},
		"only UMS":               {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(2)}, Selection{}, 1, 0, 0, "only_ums 1000 theirs:2"},
		"amount":                 {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.fen = 999 })}, Selection{}, 0, 0, 0, "amount 1 ours:1 theirs:1"},
		"order id, other amount": {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.fen, l.ref = 900, "" })}, Selection{}, 0, 0, 0, "amount 100 ours:1 theirs:1"},
		"stated discount": {[]batch.Row{bill(1, func(r *batch.Row) { r.Payment.TotalAmount, r.Payment.DiscountAmount = 950, 50 })},
			[]stmtLine{lineOf(1, func(l *stmtLine) { l.discount = 50 })}, Selection{}, 1, 0, 0, ""},
		"fee":              {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, func(l *stmtLine) { l.fee = 7 })}, Selection{}, 0, 0, 0, "fee 1 rate ours:1 theirs:1"},
		"line twice":       {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(1)}, Selection{}, 1, 0, 0, "duplicate 1000 line ours:1 theirs:2"},
		"row twice":        {[]batch.Row{bill(1), bill(1, func(r *batch.Row) { r.Line = 2 })}, []stmtLine{lineOf(1)}, Selection{}, 1, 0, 0, "duplicate 1000 row ours:2 theirs:1"},
		"refunded":         {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(1, func(l *stmtLine) { l.kind = "退货" })}, Selection{}, 1, 0, 0, "reversed 1000 ours:1 theirs:2"},
		"refund by sign":   {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(1, func(l *stmtLine) { l.fen, l.fee = -400, 0 })}, Selection{}, 1, 0, 0, "reversed 400 ours:1 theirs:2"},
		"other refund":     {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(9, func(l *stmtLine) { l.kind = "退货" })}, Selection{}, 1, 1, 0, ""},
		"unknown reversal": {nil, []stmtLine{lineOf(9, func(l *stmtLine) { l.kind = "预授权完成撤销" })}, Selection{}, 0, 0, 0, "only_ums 1000 theirs:1"},
		"other business":   {[]batch.Row{bill(1)}, []stmtLine{lineOf(1), lineOf(9, func(l *stmtLine) { l.kind = "消费" })}, Selection{}, 1, 1, 0, ""},
		"proves unknown":   {[]batch.Row{bill(1, in(batch.Unknown))}, []stmtLine{lineOf(1)}, Selection{}, 0, 0, 0, "proves_unknown 1000 ours:1 theirs:1"},
		"held, another amount": {[]batch.Row{bill(1, in(batch.Held))}, []stmtLine{lineOf(1, func(l *stmtLine) { l.fen = 2000 })}, Selection{}, 0, 0, 0,
			"amount 1000 notknown ours:1 theirs:1"},
		"declined, settled":         {[]batch.Row{bill(1, in(batch.Declined))}, []stmtLine{lineOf(1)}, Selection{}, 0, 0, 0, "only_ums 1000 declined ours:1 theirs:1"},
		"never asked":               {[]batch.Row{bill(1, in(batch.Declined)), bill(2, in(batch.Invalid))}, []stmtLine{lineOf(9)}, Selection{}, 0, 0, 0, "only_ums 1000 theirs:1"},
		"23:00, both days":          {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, on(day21))}, Selection{}, 0, 0, 0, "settle_date 1000 ours:1 theirs:1"},
		"23:00, ours":               {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, on(day21))}, only20, 0, 0, 0, "settle_date 1000 ours:1 theirs:1"},
		"23:00, theirs":             {[]batch.Row{bill(1)}, []stmtLine{lineOf(1, on(day21))}, Selection{Dates: []string{day21}}, 0, 0, 0, "settle_date 1000 ours:1 theirs:1"},
		"neither day":               {[]batch.Row{bill(1)}, []stmtLine{lineOf(1)}, Selection{Dates: []string{"2026-11-25"}}, 0, 0, 1, ""},
		"line of another day":       {nil, []stmtLine{lineOf(1, on(day21))}, only20, 0, 0, 1, ""},
		"row of another day":        {[]batch.Row{bill(1), bill(2, func(r *batch.Row) { r.Payment.SettleDate = day21 })}, []stmtLine{lineOf(1)}, Selection{}, 1, 0, 0, ""},
		"no settle date":            {[]batch.Row{bill(1), bill(2, func(r *batch.Row) { r.Payment.SettleDate = "" })}, []stmtLine{lineOf(1)}, Selection{}, 1, 0, 0, ""},
		"no date, in the statement": {[]batch.Row{bill(1, func(r *batch.Row) { r.Payment = ums.Payment{TotalAmount: 1000} })}, []stmtLine{lineOf(1)}, only20, 1, 0, 0, ""},
		"retried, and both settled": {[]batch.Row{bill(1, func(r *batch.Row) { r.Generation = 1 })},
			[]stmtLine{lineOf(1), lineOf(8, lineSet(func(l *stmtLine) { l.order = batch.OrderID("test", "124F", bill(1).Identity(), 0) }))}, Selection{}, 1, 0, 0, "duplicate 1000 older ours:1 theirs:2"},
		"retried, the first settled": {[]batch.Row{bill(1, in(batch.Declined), func(r *batch.Row) { r.Generation, r.AuthedOrderID = 1, "124Fgiven" })},
			[]stmtLine{lineOf(8, func(l *stmtLine) { l.order = "124Fgiven" })}, Selection{}, 0, 0, 0, "only_ums 1000 older ours:1 theirs:1"},
	} {
		t.Run(name, func(t *testing.T) {
			r := reconcile(t, sourceOf(c.rows...), c.sel, Input{Statements: []StatementFile{statementOf(c.lines...)}, Fees: fees})
			x := r.Matching
			if x.Matched != c.matched || x.Other != c.other || x.OutOfScope != c.beyond || told(x.Breaks) != c.breaks {
				t.Errorf("matched %d, other %d, out of scope %d, breaks %q\nwant %d, %d, %d, %q", x.Matched, x.Other, x.OutOfScope, told(x.Breaks), c.matched, c.other, c.beyond, c.breaks)
			}
		})
	}
}
