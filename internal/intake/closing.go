package intake

import (
	"regexp"
	"strconv"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// The words that begin the rows below a table: totals, and who made it.
var (
	totals  = []string{"合计", "总计", "汇总", "total"}
	partial = []string{"小计", "本页小计", "本页合计", "subtotal"}
	signed  = []string{"制表", "审核", "复核", "经办", "填表", "制单", "打印"}
)

// closing gives the folded word of a row that is no bill but a total or a
// signature: it has no bill number, and begins with such a word. A signature with
// an amount is no signature.
func closing(r *reader) string {
	if no := strings.TrimSpace(r.cell(fBillNo).Text); no != "" && !begins(no, totals, partial, signed) {
		return ""
	}
	for _, cell := range r.row.Cells {
		if strings.TrimSpace(cell.Text) == "" {
			continue
		}
		if begins(cell.Text, totals, partial) || begins(cell.Text, signed) && strings.TrimSpace(r.cell(fAmount).Text) == "" {
			return fold(cell.Text)
		}
		return ""
	}
	return ""
}

func begins(text string, lists ...[]string) bool {
	key := fold(text)
	for _, words := range lists {
		for _, word := range words {
			if strings.HasPrefix(key, word) {
				return true
			}
		}
	}
	return false
}

var rowCount = regexp.MustCompile(`(\d+)(笔|行|条)`)

// closingRow takes a total as a control total: one that does not agree refuses
// the file. A partial one covers the rows since the last, or all so far.
func (p *pass) closingRow(r *reader, word string) error {
	p.report.Skipped++
	since := p.sinceLast
	p.sinceLast = 0
	if !begins(word, totals, partial) {
		p.noteRow(r, "intake.note.skipped", word)
		return nil
	}
	for _, cell := range r.row.Cells {
		if m := rowCount.FindStringSubmatch(fold(cell.Text)); m != nil && m[1] != strconv.Itoa(p.report.Rows) && begins(word, totals) {
			return sheet.Refuse("intake.total.rows", r.row.Number, m[1], p.report.Rows)
		}
	}
	amount := r.cell(fAmount)
	if strings.TrimSpace(amount.Text) == "" {
		p.noteRow(r, "intake.note.skipped", word)
		return nil
	}
	total, err := r.parse(clean(amount.Text))
	if err != nil || p.invalid > 0 {
		p.noteRow(r, "intake.note.total", amount.Text)
		return nil
	}
	if total != p.report.Total && (total != since || !begins(word, partial)) {
		return sheet.Refuse("intake.total", r.row.Number, total.Grouped(), wanted(word, p.report.Total, since).Grouped())
	}
	p.noteRow(r, "intake.note.agrees", total.Grouped())
	return nil
}

func wanted(word string, all, since money.Fen) money.Fen {
	if begins(word, partial) {
		return since
	}
	return all
}

func (p *pass) noteRow(r *reader, key string, texts ...string) {
	p.report.Notes = append(p.report.Notes, batch.Problem{Key: key, Args: append([]string{strconv.Itoa(r.row.Number)}, texts...)})
}
