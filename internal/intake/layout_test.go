package intake

import (
	"fmt"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet/sheettest"
)

// bills makes n good rows below whatever stands above.
func bills(above [][]string, n int) [][]string {
	rows := append([][]string{}, above...)
	for i := range n {
		rows = append(rows, goodRow(map[int]string{2: sheettest.Text(fmt.Sprintf("124F20261120%06d", i+1))}))
	}
	return rows
}

func texts(words ...string) []string {
	var cells []string
	for _, word := range words {
		if word == "" {
			cells = append(cells, "")
			continue
		}
		cells = append(cells, sheettest.Text(word))
	}
	return cells
}

// TestALayoutIsReadOrRefusedAsAWhole has how tables stand in their sheets.
func TestALayoutIsReadOrRefusedAsAWhole(t *testing.T) {
	head := [][]string{headRow()}
	table := sheettest.Rows(bills(head, 3)...)
	total := func(word, amount string) []string {
		return []string{sheettest.Text(word), "", "", "", "", sheettest.Number(amount, 0)}
	}
	with := func(rows ...[]string) string { return sheettest.Rows(append(bills(head, 3), rows...)...) }
	far := strings.NewReplacer(`"4"`, `"40"`, `"A4"`, `"A40"`, `"B4"`, `"B40"`, `"C4"`, `"C40"`, `"D4"`, `"D40"`, `"E4"`, `"E40"`, `"F4"`, `"F40"`, `"G4"`, `"G40"`)
	for name, c := range map[string]struct {
		sheets   [][2]string
		o        Options
		want     string // the refusal's key
		problems string // of all rows
	}{
		"titles above":                     {[][2]string{{"a", sheettest.Rows(bills([][]string{texts("某某集团"), nil, texts("2026 年 11 月", "", "单位:元"), headRow()}, 3)...)}}, Options{}, "<nil>", ""},
		"headings in two rows, merged":     {[][2]string{{"a", sheettest.Rows(bills([][]string{texts("商户", "", "账单", "", "", "完成金额(元)"), texts("商户号", "终端号", "账单号", "账单日期", "授权码", "", "客户")}, 3)...) + `<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="F1:F2"/></mergeCells>`}}, Options{}, "<nil>", ""},
		"headings in row 30":               {[][2]string{{"a", sheettest.Rows(bills(append(make([][]string, 29), headRow()), 3)...)}}, Options{}, "<nil>", ""},
		"headings below row 30":            {[][2]string{{"a", sheettest.Rows(bills(append(make([][]string, 30), headRow()), 3)...)}}, Options{}, "intake.header", ""},
		"two columns for one field":        {[][2]string{{"a", sheettest.Rows(append(headRow(), sheettest.Text("金额(元)")), goodRow(nil))}}, Options{}, "intake.header.twice", ""},
		"the unit above is another":        {[][2]string{{"a", sheettest.Rows(bills([][]string{texts("单位：万元"), headRow()}, 3)...)}}, Options{}, "intake.unit.stated", ""},
		"the unit above, in two cells":     {[][2]string{{"a", sheettest.Rows(bills([][]string{texts("单位", "分"), headRow()}, 3)...)}}, Options{}, "intake.unit.stated", ""},
		"one sheet of several":             {[][2]string{{"说明", sheettest.Rows(texts("说明"))}, {"账单", table}}, Options{}, "<nil>", ""},
		"two sheets":                       {[][2]string{{"一", table}, {"二", table}}, Options{}, "intake.sheet.several", ""},
		"two sheets, and one chosen":       {[][2]string{{"一", table}, {"二", table}}, Options{Sheet: "二"}, "<nil>", ""},
		"a hidden sheet too":               {[][2]string{{"一", table}, {"-备份", table}}, Options{}, "intake.sheet.hidden", ""},
		"a hidden sheet of something else": {[][2]string{{"一", table}, {"-字典", sheettest.Rows(texts("x"))}}, Options{}, "<nil>", ""},
		"merged cells among the rows":      {[][2]string{{"a", table + `<mergeCells count="1"><mergeCell ref="F2:F3"/></mergeCells>`}}, Options{}, "intake.merged", ""},
		"merged cells within a row":        {[][2]string{{"a", table + `<mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells>`}}, Options{}, "intake.merged", ""},
		"a merged total":                   {[][2]string{{"a", with(total("合  计", "57.24")) + `<mergeCells count="1"><mergeCell ref="A5:E5"/></mergeCells>`}}, Options{}, "<nil>", ""},
		"a total that agrees":              {[][2]string{{"a", with(total("总计:", "57.24"))}}, Options{}, "<nil>", ""},
		"a total that does not":            {[][2]string{{"a", with(total("合计", "57.25"))}}, Options{}, "intake.total", ""},
		"a partial total that agrees":      {[][2]string{{"a", with(total("小计", "57.24"), goodRow(map[int]string{2: sheettest.Text("124F20261120009999")}), total("小计", "19.08"), total("合计", "76.32"))}}, Options{}, "<nil>", ""},
		"a partial total that does not":    {[][2]string{{"a", with(total("小计", "57.24"), goodRow(map[int]string{2: sheettest.Text("124F20261120009999")}), total("小计", "19.09"))}}, Options{}, "intake.total", ""},
		"a count that does not agree":      {[][2]string{{"a", with(append(total("合计", "57.24"), sheettest.Text("共 4 笔")))}}, Options{}, "intake.total.rows", ""},
		"a count that agrees":              {[][2]string{{"a", with(append(total("合计", "57.24"), sheettest.Text("共 3 笔")))}}, Options{}, "<nil>", ""},
		"who made it":                      {[][2]string{{"a", with(texts("制表:张三", "", "审核:李四"))}}, Options{}, "<nil>", ""},
		"a signature with an amount":       {[][2]string{{"a", with(total("经办", "5"))}}, Options{}, "<nil>", "characters missing missing missing missing"},
		"the header once more":             {[][2]string{{"a", with(headRow(), goodRow(map[int]string{2: sheettest.Text("124F20261120009999")}))}}, Options{}, "<nil>", ""},
		"blank rows":                       {[][2]string{{"a", with(nil, texts(" ", "\u3000"), goodRow(map[int]string{2: sheettest.Text("124F20261120009999")}))}}, Options{}, "<nil>", ""},
		"a row forgotten far below":        {[][2]string{{"a", far.Replace(table)}}, Options{}, "<nil>", "far"},
		"something beyond the headings":    {[][2]string{{"a", with(append(goodRow(map[int]string{2: sheettest.Text("124F20261120009999")}), "", sheettest.Text("?")))}}, Options{}, "<nil>", "beyond"},
		"a colour far out to the right":    {[][2]string{{"a", strings.Replace(table, `</row>`, `<c r="XFD1" s="0"/></row>`, 1)}}, Options{}, "<nil>", ""},
		"something far out to the right":   {[][2]string{{"a", strings.Replace(table, `</row>`, `<c r="XFD1"><v>1</v></c></row>`, 1)}}, Options{}, "sheet.columns", ""},
		"a row that no sheet can have":     {[][2]string{{"a", strings.Replace(table, `</sheetData>`, `<row r="1048577"/></sheetData>`, 1)}}, Options{}, "sheet.rows", ""},
	} {
		t.Run(name, func(t *testing.T) {
			entries, report, err := readFile(sheettest.Book{Sheets: c.sheets}.Write(t), c.o)
			if refusal(err) != c.want {
				t.Fatalf("%v, want %s", refusal(err), c.want)
			}
			var all []batch.Problem
			for _, e := range entries {
				all = append(all, e.Problems...)
			}
			if got := keysOf(all); err == nil && got != c.problems {
				t.Errorf("%q, want %q", got, c.problems)
			}
			if err == nil && report.Rows != len(entries) {
				t.Errorf("%d rows are reported, and %d were handed on", report.Rows, len(entries))
			}
		})
	}
}

func TestAHiddenSheetIsReadWhereSomebodyAsksForIt(t *testing.T) {
	book := sheettest.Book{Sheets: [][2]string{{"-备份", sheettest.Rows(bills([][]string{headRow()}, 2)...)}}}
	if _, _, err := readFile(book.Write(t), Options{Sheet: "备份"}); err != nil {
		t.Error(refusal(err))
	}
}

func TestCSVWhoseRowsHaveShiftedIsRefusedRowByRow(t *testing.T) {
	good := "898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,x\n"
	for text, want := range map[string]string{
		good: "", "898440355410001,40001001,124F20261120000001,2026-11-20,012345,1,908.00,\n": "ragged", "898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08\n": "",
		`898440355410001,40001001,124F20261120000001,2026-11-20,012345,"1,908.00",` + "\n":              "",
		`898440355410001,40001001,="124F20261120000001",2026-11-20,="012345",19.08,x` + "\n":            "",
		"`898440355410001,`40001001,`124F20261120000001,`2026-11-20,`012345,`19.08,`x\n":                "",
		"898440355410001\t,40001001\t,124F20261120000001\t,2026/11/20 0:00,012345\t,19.08\t,\n":         "",
		`898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,"甲` + "\n" + `乙"` + "\n":   "",
		`898440355410001,40001001,"124F` + "\n" + `20261120000001",2026-11-20,012345,19.08,x` + "\n":    "characters",
		"898440355410001,40001001,124F20261120000001,2026-11-20,012345,2E10,x\n":                        "amount",
		"8.9844E+14,40001001,124F20261120000001,2026-11-20,012345,19.08,x\n":                            "scientific",
		"898440355410001,40001001,124F20261120000001,2026-11-20,12345,19.08,x\n":                        "length",
		"898440355410001,40001001,124F20261120000001,3/4,012345,19.08,x\n":                              "date",
		"898440355410001,40001001,124F20261120000001,2026-11-20,012345,(19.08),x\n":                     "amount",
		"898440355410001,40001001,124F20261120000001,2026-11-20,012345,#N/A,x\n":                        "amount",
		"898440355410001,40001001,124F20261120000001,2026-11-20,012345,\"19.08\n898440355410001,\",x\n": "amount",
	} {
		entries, _, err := readText(t, head+text, Options{})
		if err != nil || len(entries) != 1 || keysOf(entries[0].Problems) != want {
			t.Errorf("%q: %+v %v, want %q", text, entries, err, want)
		}
	}
}

// TestARowOfCSVThatEndsEarly: Excel leaves out the empty cells at its end. What is
// required and missing is named by its cell; and a row is not taken where a number
// may have slid into the amount's place.
func TestARowOfCSVThatEndsEarly(t *testing.T) {
	const mid, rest = "898440355410001,40001001,", ",2026-11-20,012345,"
	wide := strings.TrimSpace(head) + ",备注,电话\n"
	full := mid + "124F20261120000001" + rest
	short := mid + "124F20261120000002" + rest
	for name, c := range map[string]struct {
		text, problems, cell string
		want                 money.Fen
		note                 string
	}{
		"nothing behind the amount":                 {wide + full + "19.08,甲,,\n" + short + "19.08\n", "", "", 1908, "[1 G3]"},
		"some of what is behind it":                 {wide + full + "19.08,甲,,\n" + short + "19.08,乙\n", "", "", 1908, "[1 H3]"},
		"the amount is missing too":                 {wide + full + "19.08,甲,,\n" + mid + "124F20261120000002,2026-11-20,012345\n", "missing", "F3", 0, "[1 F3]"},
		"more is missing":                           {wide + full + "19.08,甲,,\n" + mid + "124F20261120000002\n", "missing missing missing", "D3", 0, "[1 D3]"},
		"a field in the middle was lost":            {wide + full + "19.08,甲,,\n" + mid + "124F20261120000002,012345,19.08,乙,,\n", "date length amount", "D3", 0, "[1 I3]"},
		"thousands without quotes":                  {wide + full + "19.08,甲,,\n" + short + "1,908.00\n", "ragged", "A3", 100, ""},
		"the amount was lost, and a number slid in": {wide + full + "19.08,甲,,13800000000\n" + short + "13800\n", "ragged", "A3", 1380000, ""},
		"more fields than headings":                 {wide + full + "19.08,甲,,\n" + short + "19.08,乙,,,,\n", "ragged", "A3", 1908, ""},
	} {
		entries, report, err := readText(t, c.text, Options{})
		if err != nil || len(entries) != 2 || entries[0].Problems != nil {
			t.Errorf("%s: %+v %v", name, entries, refusal(err))
			continue
		}
		e := entries[1]
		if keysOf(e.Problems) != c.problems || e.Problems != nil && e.Problems[0].Cell != c.cell || c.want != e.Bill.Amount {
			t.Errorf("%s: %d fen, %+v", name, e.Bill.Amount, e.Problems)
		}
		note := ""
		for _, n := range report.Notes {
			if n.Key == noteShort {
				note = fmt.Sprint(n.Args)
			}
		}
		if note != c.note {
			t.Errorf("%s: %q, want %q", name, note, c.note)
		}
	}
}

// TestCardNumbersRefuseTheFile uses numbers that card schemes publish for tests.
func TestCardNumbersRefuseTheFile(t *testing.T) {
	row := func(no int, customer string) string {
		return fmt.Sprintf("898440355410001,40001001,124F2026112000%04d,2026-11-20,012345,19.08,%s\n", no, customer)
	}
	cards := []string{"4111111111111111", "6212 3456 7890 0000 003", "5555-5555-5555-4444", "６２２１２３４５６７８９００００"}
	valid := func(s string) string { _, ok := cardDigits(s); return fmt.Sprint(ok) }
	for _, card := range cards[:3] {
		if valid(card) != "true" {
			t.Fatalf("%s is no card number for this test", card)
		}
	}
	for name, c := range map[string]struct{ text, want string }{
		"three of three":           {head + row(1, cards[0]) + row(2, cards[1]) + row(3, cards[2]), "intake.cards"},
		"under a heading for them": {strings.Replace(head, "客户", "付款卡号", 1) + row(1, cards[1]), "intake.cards"},
		"of members":               {strings.Replace(head, "客户", "会员卡号", 1) + row(1, cards[0]), "<nil>"},
		"masked":                   {strings.Replace(head, "客户", "卡号", 1) + row(1, "622202******1234"), "<nil>"},
		"one among names":          {head + row(1, cards[0]) + row(2, "甲") + row(3, "乙"), "<nil>"},
		"in the place of the code": {head + strings.ReplaceAll(row(1, "x")+row(2, "y")+row(3, "z"), "012345", cards[0]), "intake.cards"},
		"numbers that are none":    {head + row(1, "4111111111111112") + row(2, "4111111111111113") + row(3, "4111111111111114"), "<nil>"},
		"order numbers by the day": {head + row(1, "2026112000000014") + row(2, "2026112000000022") + row(3, "2026112000000030"), "<nil>"},
		"long bill numbers":        {strings.ReplaceAll(head+row(1, "x")+row(2, "y")+row(3, "z"), "124F2026112000", "411111111111"), "<nil>"},
	} {
		_, _, err := readText(t, c.text, Options{})
		if refusal(err) != c.want {
			t.Errorf("%s: %v", name, refusal(err))
		}
		if err != nil && strings.Contains(strings.Join(strings.Fields(err.Error()), ""), "1111111111") {
			t.Errorf("%s: the number is repeated: %v", name, err)
		}
	}
}

func TestOurOwnResultsAreNoDataWhenTheyComeBack(t *testing.T) {
	const id = "124F20261120000001"
	own := batch.Identity{MID: "898440355410001", BillDate: "2026-11-20", BillNo: id}
	for _, l := range []lang.Lang{lang.Zh, lang.En} {
		for _, c := range []struct{ env, want string }{{"prod", "<nil>"}, {"sandbox", "intake.env"}} {
			results := make([]string, len(ResultColumns))
			for i, column := range ResultColumns {
				if results[i] = "?"; column == "orderId" {
					results[i] = batch.OrderID(c.env, "", own, 1)
				}
			}
			text := strings.TrimSpace(head) + "," + strings.Join(ResultHeadings(l), ",") + ",后加的\n" +
				"898440355410001,40001001," + id + ",2026-11-20,012345,19.08,甲," + strings.Join(results, ",") + ",x\n"
			entries, report, err := readText(t, text, Options{Env: "prod", OtherEnvs: []string{"test", "sandbox"}})
			if refusal(err) != c.want {
				t.Errorf("%s: %v", c.env, refusal(err))
			}
			if err == nil && (report.Header.Results != Span{7, 20} || entries[0].Problems != nil || entries[0].Bill.AuthedOrderID != "" || entries[0].Bill.Amount != 1908) {
				t.Errorf("%+v %+v", report.Header, entries)
			}
		}
	}
	if span, _ := findResults([]string{"状态", "账单号", "错误代码"}); span != (Span{}) {
		t.Errorf("an office's own columns are taken for results: %v", span)
	}
}

func TestAWorkbookOfAnotherEnvironmentIsRefused(t *testing.T) {
	book := sheettest.Book{Names: `<definedName name="_batchcomplete" hidden="1">"sandbox"</definedName>`, Sheets: [][2]string{{"a", sheettest.Rows(headRow(), goodRow(nil))}}}
	path := book.Write(t)
	if _, _, err := readFile(path, Options{Env: "prod"}); refusal(err) != "intake.env" {
		t.Error(refusal(err))
	}
	if _, _, err := readFile(path, Options{Env: "sandbox"}); err != nil {
		t.Error(refusal(err))
	}
}

func TestAnOfficesOwnHeadingsAreMapped(t *testing.T) {
	text := "门店编号,终端,单号,日期,授权,应收金额(元)\n898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08\n"
	o := Options{Columns: Columns{"mid": "门店编号", "tid": "终端", "billNo": "单号", "billDate": "日期", "authIdRespCd": "授权", "totalAmount": "应收金额(元)"}}
	entries, _, err := readText(t, text, o)
	if err != nil || entries[0].Problems != nil || entries[0].Bill.Amount != 1908 {
		t.Errorf("%+v %v", entries, err)
	}
	o.Columns["totalAmount"] = "应收金额(万元)"
	if _, _, err := readText(t, strings.Replace(text, "(元)", "(万元)", 1), o); refusal(err) != "intake.unit.scaled" {
		t.Error(refusal(err))
	}
	unknown, taken := Columns{"billNumber": "单号", "tid": "账单号", "mid": "商户号"}.Unknown()
	if fmt.Sprint(unknown, taken) != "[billNumber] [账单号]" {
		t.Error(unknown, taken)
	}
}
