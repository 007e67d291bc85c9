package recon

import (
	"errors"
	"strings"
	"testing"

	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// lines reads a statement.
func linesOf(m memory, layouts []Layout) ([]Line, error) {
	var all []Line
	_, err := readStatement(m, layouts, func(_ Layout, l Line) error {
		all = append(all, l)
		return nil
	})
	return all, err
}

func TestAStatementThatIsNotWholeIsRefusedAsAWhole(t *testing.T) {
	good := func() memory {
		return memory{{"总笔数:1"}, portalHead, lineOf(1).fields(), {"以上数据仅供参考"}}
	}
	if lines, err := linesOf(good(), BuiltIn()); err != nil || len(lines) != 1 {
		t.Fatal(lines, err)
	}
	at := func(heading, value string) memory {
		m := good()
		for i, h := range portalHead {
			if h == heading {
				m[2][i] = value
			}
		}
		return m
	}
	for name, m := range map[string]memory{
		"one line fewer":       {{"总笔数:2"}, portalHead, lineOf(1).fields()},
		"one line more":        {{"总笔数: 1 总金额:20.00"}, portalHead, lineOf(1).fields(), lineOf(2).fields()},
		"counted in the total": {portalHead, lineOf(1).fields(), {"总笔数", "金额"}, {"3", "10.00"}},
		"no headings":          {{"a", "b"}},
		"no amount":            at("交易金额", ""),
		"part of a fen":        at("交易金额", "10.005"),
		"a fee that is none":   at("手续费", "免"),
		"no date":              at("清算时间", ""),
		"a date that is none":  at("清算时间", "11月20日"),
		"no type":              at("交易类型", ""),
		"no merchant":          at("商户号", ""),
	} {
		var r *sheet.Refusal
		if _, err := linesOf(m, BuiltIn()); !errors.As(err, &r) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, date := range []string{"20261120", "2026-11-20 22:10:05", "2026/11/20", "2026/11/20 1:02"} {
		if lines, err := linesOf(at("清算时间", date), BuiltIn()); err != nil || lines[0].SettleDate != day20 {
			t.Errorf("%s: %v, %v", date, lines, err)
		}
	}
}

func TestAnyLayoutIsReadByItsColumnMap(t *testing.T) {
	own := Layout{Name: "own", Unit: "fen", MID: theMID, Completion: []string{"PREAUTH COMP"}, Reversal: []string{"REFUND"},
		Columns: map[string]string{"settleDate": "Date", "type": "Kind", "amount": "Amount (fen)", "ref": "RRN"}}
	layouts, err := Layouts([]Layout{own, {Name: "portal", Completion: []string{"线上完成"}, Tolerance: 2}})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := linesOf(memory{{"title"}, {"RRN", "Kind", "Amount(fen)", "Date"}, {"1N", "PREAUTHCOMP", "1,908", "20261120"}, {"1N", "REFUND", "900", "20261121"}, {"2N", "SALE", "5", "20261121"}}, layouts)
	if err != nil || len(lines) != 3 || lines[0].Class != Completion || lines[0].Amount != 1908 || lines[0].MID != theMID || lines[1].Class != Reversal || lines[1].Amount != -900 || lines[2].Class != OtherBusiness {
		t.Errorf("%+v, %v", lines, err)
	}
	lines, err = linesOf(memory{portalHead, lineOf(1, func(l *stmtLine) { l.kind = "线上完成" }).fields(), lineOf(2).fields()}, layouts)
	if err != nil || lines[0].Class != Completion || lines[1].Class != OtherBusiness {
		t.Errorf("%+v, %v", lines, err)
	}
	for because, change := range map[string]func(*Layout){
		"neither fen nor yuan": func(l *Layout) { l.Unit = "" }, "no word": func(l *Layout) { l.Completion = nil }, "is none of": func(l *Layout) { l.Columns["amout"] = "x" },
		"amount is missing": func(l *Layout) { delete(l.Columns, "amount") }, "mid is missing": func(l *Layout) { l.MID = "" }, "ref or order": func(l *Layout) { delete(l.Columns, "ref") },
		"same heading": func(l *Layout) { l.Columns["fee"] = "RRN" }, "below zero": func(l *Layout) { l.Tolerance = -1 }, "both": func(l *Layout) { l.Reversal = []string{"PREAUTHCOMP"} },
	} {
		bad := own
		bad.Columns = map[string]string{}
		for k, v := range own.Columns {
			bad.Columns[k] = v
		}
		change(&bad)
		if _, err := Layouts([]Layout{bad}); err == nil || !strings.Contains(err.Error(), because) {
			t.Errorf("%s: %v", because, err)
		}
	}
}

func TestAConfiguredToleranceAndAWordThatWasNotKnown(t *testing.T) {
	layouts, err := Layouts([]Layout{{Name: "portal", Tolerance: 2}})
	if err != nil {
		t.Fatal(err)
	}
	off := func(by money.Fen) StatementFile {
		return statementOf(lineOf(1, func(l *stmtLine) { l.fen += by }))
	}
	if r := reconcile(t, sourceOf(bill(1)), Selection{}, Input{Statements: []StatementFile{off(2)}, Layouts: layouts}); r.Matching.Matched != 1 {
		t.Error(told(r.Matching.Breaks))
	}
	if r := reconcile(t, sourceOf(bill(1)), Selection{}, Input{Statements: []StatementFile{off(3)}, Layouts: layouts}); told(r.Matching.Breaks) != "amount 3 ours:1 theirs:1" {
		t.Error(told(r.Matching.Breaks))
	}
	r := reconcile(t, sourceOf(bill(1)), Selection{}, Input{Statements: []StatementFile{statementOf(lineOf(1, func(l *stmtLine) { l.kind = "完成" }))}})
	if r.Matching.Misnamed["完成"] != 1 || told(r.Matching.Breaks) != "only_ours 1000 ours:1" {
		t.Errorf("%v %s", r.Matching.Misnamed, told(r.Matching.Breaks))
	}
	twice := statementOf(lineOf(1))
	twice.SHA256 = "same"
	if r := reconcile(t, sourceOf(bill(1)), Selection{}, Input{Statements: []StatementFile{twice, twice}}); r.Matching.Lines != 1 || len(r.Matching.Breaks) != 0 {
		t.Errorf("%+v", r.Matching)
	}
}
