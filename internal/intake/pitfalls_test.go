package intake

import (
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet/sheettest"
)

// The tests of this file are the pitfalls that were measured of real spreadsheets
// and of the libraries that read them: a row of a table here for each.

var standard = []string{"商户号", "终端号", "账单号", "账单日期", "授权码", "完成金额(元)", "客户"}

func headRow() []string {
	var cells []string
	for _, text := range standard {
		cells = append(cells, sheettest.Text(text))
	}
	return cells
}

// goodRow is a row in which nothing is wrong; change puts cells in the place of
// others, by their column.
func goodRow(change map[int]string) []string {
	cells := []string{sheettest.Text("898440355410001"), sheettest.Text("40001001"), sheettest.Text("124F20261120000001"), sheettest.Text("2026-11-20"),
		sheettest.Text("012345"), sheettest.Number("19.08", 0), sheettest.Text("甲")}
	for column, cell := range change {
		cells[column] = cell
	}
	return cells
}

// one reads a workbook of one row.
func one(t *testing.T, book sheettest.Book, cells []string, o Options) (Entry, Report) {
	t.Helper()
	book.Sheets = [][2]string{{"账单", sheettest.Rows(headRow(), cells)}}
	entries, report, err := readFile(book.Write(t), o)
	if err != nil || len(entries) != 1 {
		t.Fatalf("%d rows, %v", len(entries), refusal(err))
	}
	return entries[0], report
}

func keysOf(problems []batch.Problem) string {
	var keys []string
	for _, p := range problems {
		keys = append(keys, strings.TrimPrefix(p.Key, "intake."))
	}
	return strings.Join(keys, " ")
}

func TestAnAmountCellIsReadExactlyOrRefused(t *testing.T) {
	n := func(raw string) string { return sheettest.Number(raw, 1) }
	for name, c := range map[string]struct {
		format, cell string
		want         money.Fen
		problem      string
	}{
		"as it is":                           {"0.00", n("19.08"), 1908, ""},
		"stored a little off":                {"0.00", n("19.079999999999998"), 1908, ""},
		"stored a little above":              {"2", n("0.30000000000000004"), 30, ""},
		"as Java writes it":                  {"0", n("1908.0"), 190800, ""},
		"with an exponent":                   {"0", n("1.908E3"), 190800, ""},
		"half a fen is hidden":               {"0.00", n("19.085"), 0, "amount.hidden"},
		"1.005 is no 1.01":                   {"0.00", n("1.005"), 0, "amount.hidden"},
		"half a fen, General":                {"General", n("19.085"), 0, "amount.fraction"},
		"no decimals are shown":              {"3", n("1908.4"), 0, "amount.hidden"},
		"built-in 37 shows none":             {"37", n("1908.4"), 0, "amount.hidden"},
		"no decimals behind a sign":          {`"¥"#,##0`, n("1908.4"), 0, "amount.hidden"},
		"no decimals in a currency":          {`[$¥-804]#,##0`, n("1908.4"), 0, "amount.hidden"},
		"the sign is lost":                   {`0.00;[Red]0.00`, n("-19.08"), 0, "amount.low"},
		"the sign is lost everywhere":        {`0.00;0.00;0.00;@`, n("-19.08"), 0, "amount.low"},
		"in 万 above a bound":                 {`[>=10000]0.00,"万";0.00`, n("19.08"), 0, "amount.format"},
		"in 万 by an escaped point":           {`0!.0,"万"`, n("190800"), 0, "amount.format"},
		"an escaped point alone":             {`0\.00`, n("1908"), 0, "amount.format"},
		"in thousands":                       {`#,##0.00,`, n("1908000"), 0, "amount.format"},
		"in thousands, in brackets":          {`#,##0,_);(#,##0,)`, n("1908000"), 0, "amount.format"},
		"Chinese General":                    {"G/通用格式", n("19.08"), 1908, ""},
		"Chinese General with words":         {`G/通用格式"元"`, n("19.08"), 1908, ""},
		"nothing is shown":                   {";;;", n("19.08"), 1908, ""},
		"accounting":                         {`_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ `, n("19.08"), 1908, ""},
		"brackets for negative":              {`#,##0.00_);(#,##0.00)`, n("-19.08"), 0, "amount.low"},
		"percent":                            {"9", n("0.055"), 0, "amount.format"},
		"percent with decimals":              {"0.0%", n("1"), 0, "amount.format"},
		"a fraction":                         {"# ?/?", n("19.08"), 0, "amount.format"},
		"scientific":                         {"11", n("1908"), 0, "amount.format"},
		"Chinese numerals":                   {`[DBNum2][$-804]General`, n("1908"), 0, "amount.format"},
		"Chinese numerals with a mask":       {`[DBNum2][$-804]0.00`, n("1908"), 0, "amount.format"},
		"a date format":                      {"yyyy-mm-dd", n("1908"), 0, "amount.date"},
		"a time format":                      {"h:mm", n("1908.5"), 0, "amount.format"},
		"elapsed time":                       {"[h]:mm", n("1908.5"), 0, "amount.format"},
		"dollars":                            {`[$$-409]#,##0.00`, n("19.08"), 0, "amount.unit"},
		"dollars as text":                    {`"US$"0.00`, n("19.08"), 0, "amount.unit"},
		"euros":                              {`#,##0.00\ [$€-1]`, n("19.08"), 0, "amount.unit"},
		"fen by the format":                  {`0"分"`, n("1908"), 0, "amount.unit"},
		"yuan by the format":                 {`0.00"元"`, n("19.08"), 1908, ""},
		"a text with separators":             {"@", sheettest.Text("1,908.00"), 190800, ""},
		"a text in full width":               {"@", sheettest.Text("１９．０８"), 1908, ""},
		"spaces that are none":               {"@", sheettest.Text("\u00a019.08\u3000"), 1908, ""},
		"marks that nobody sees":             {"@", sheettest.Text("\u200b19.08\ufeff"), 1908, ""},
		"marks of direction":                 {"@", sheettest.Text("\u202a\u200e19.08\u202c\u2060"), 1908, ""},
		"another minus":                      {"@", sheettest.Text("−19.08"), 0, "amount.low"},
		"separators in the wrong place":      {"@", sheettest.Text("1,90.00"), 0, "amount"},
		"an apostrophe":                      {"@", sheettest.Text("'19.08"), 1908, ""},
		"an error":                           {"", sheettest.Cell(`t="e"`, "<v>#N/A</v>"), 0, "cellerror"},
		"another error":                      {"", sheettest.Cell(`t="e"`, "<v>#DIV/0!</v>"), 0, "cellerror"},
		"an error as text":                   {"@", sheettest.Text("#N/A"), 0, "amount"},
		"true":                               {"", sheettest.Cell(`t="b"`, "<v>1</v>"), 0, "bool"},
		"a formula with its value":           {"", sheettest.Cell("", "<f>A1+B1</f><v>19.08</v>"), 1908, ""},
		"a formula without one":              {"", sheettest.Cell("", "<f>A1+B1</f>"), 0, "formula.empty"},
		"a formula with an empty one":        {"", sheettest.Cell(`t="str"`, "<f>A1+B1</f><v></v>"), 0, "formula.empty"},
		"a formula that gives an error":      {"", sheettest.Cell(`t="e"`, "<f>A1/0</f><v>#DIV/0!</v>"), 0, "cellerror"},
		"linked to another workbook":         {"", sheettest.Cell("", "<f>[1]Sheet1!A1</f><v>19.08</v>"), 0, "formula.linked"},
		"linked to another, in quotes":       {"", sheettest.Cell("", "<f>SUM('[12]十一月 账单'!A1:A9)</f><v>19.08</v>"), 0, "formula.linked"},
		"linked to a name of another":        {"", sheettest.Cell("", "<f>[1]!总额</f><v>19.08</v>"), 0, "formula.linked"},
		"a table's column is no link":        {"", sheettest.Cell("", "<f>SUM(Table1[1])+Sheet2!A1</f><v>19.08</v>"), 1908, ""},
		"minus nothing":                      {"", n("-0"), 0, "amount.low"},
		"far too much":                       {"", n("1E+300"), 0, "amount"},
		"above the limit":                    {"", n("1000000.01"), 0, "amount.high"},
		"rich text":                          {"", sheettest.Cell(`t="inlineStr"`, "<is><r><t>19</t></r><r><t>.08</t></r><rPh sb=\"0\" eb=\"1\"><t>99</t></rPh></is>"), 1908, ""},
		"a line break that Windows wrote":    {"", sheettest.Cell(`t="str"`, "<v>19.08_x000D_</v>"), 1908, ""},
		"an amount that somebody spelled":    {"", sheettest.Text("壹拾玖元零捌分"), 0, "amount"},
		"yuan and jiao":                      {"", sheettest.Text("1元9"), 0, "amount"},
		"the other unit in the cell":         {"", sheettest.Text("1908分"), 0, "amount.unit"},
		"its own unit in the cell":           {"", sheettest.Text("19.08元"), 1908, ""},
		"an exponent as text":                {"", sheettest.Text("1.908E1"), 0, "amount"},
		"nothing":                            {"", sheettest.Cell("", ""), 0, "missing"},
		"conditions that show a number each": {`[<100]0.00;[>=100]0`, n("19.08"), 0, "amount.hidden"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := one(t, sheettest.Book{Formats: []string{c.format}}, goodRow(map[int]string{5: c.cell}), Options{})
			if e.Bill.Amount != c.want || keysOf(e.Problems) != c.problem {
				t.Errorf("%d fen, %q; want %d, %q", e.Bill.Amount, keysOf(e.Problems), c.want, c.problem)
			}
		})
	}
}

func TestANumberThatCannotBeIsADamagedFile(t *testing.T) {
	for _, raw := range []string{"abc", "0x1F", "INF", "NaN", "1,908"} {
		book := sheettest.Book{Sheets: [][2]string{{"账单", sheettest.Rows(headRow(), goodRow(map[int]string{5: sheettest.Number(raw, 0)}))}}}
		if _, _, err := readFile(book.Write(t), Options{}); refusal(err) != "sheet.damaged" {
			t.Errorf("%s: %v", raw, refusal(err))
		}
	}
}

func TestAnIdentifierIsReadExactlyOrRefused(t *testing.T) {
	n := func(raw string) string { return sheettest.Number(raw, 1) }
	const mid, tid, no, code = 0, 1, 2, 4
	for name, c := range map[string]struct {
		column        int
		format, cell  string
		want, problem string
	}{
		"a text with zeros":                   {code, "", sheettest.Text("012345"), "012345", ""},
		"20 digits as a number":               {no, "0", n("2.0260101123456789E+19"), "", "number.long"},
		"16 digits, the last one lost":        {no, "0", n("1234567890123450"), "", "number.long"},
		"what scientific notation left":       {no, "", sheettest.Text("2.026E+19"), "", "scientific"},
		"a code that lost its zero":           {code, "", n("12345"), "", "number"},
		"a code of six digits as a number":    {code, "", n("123456"), "", "number"},
		"a format that shows the zero":        {code, "000000", n("12345"), "012345", ""},
		"zeros and separators":                {code, "#,##0.00", n("12345"), "", "number"},
		"zeros behind a point":                {code, "0.0000", n("12345"), "", "number"},
		"zeros, and a word":                   {code, `000000"号"`, n("12345"), "", "number"},
		"zeros, and a section":                {code, "000000;0", n("12345"), "", "number"},
		"a fraction that the zeros hide":      {code, "000000", n("12345.4"), "", "number"},
		"a negative":                          {code, "000000", n("-12345"), "", "number"},
		"a format that shows too few":         {code, "000000", n("1234567"), "", "number"},
		"Java wrote it":                       {mid, "0", n("8.98440355410001E14"), "898440355410001", ""},
		"a merchant number has all 15 digits": {mid, "0", n("898440355410001"), "898440355410001", ""},
		"a merchant number of 14":             {mid, "0", n("89844035541000"), "", "number"},
		"a terminal number has all 8 digits":  {tid, "", n("40001001"), "40001001", ""},
		"a terminal number that has 7":        {tid, "", n("4000100"), "", "number"},
		"a date":                              {code, "yyyy-mm-dd", n("46349"), "", "number"},
		"a leading apostrophe":                {code, "", sheettest.Text("'012345"), "012345", ""},
		"a back-tick":                         {code, "", sheettest.Text("`012345"), "012345", ""},
		"an equals sign and quotes":           {code, "", sheettest.Text(`="012345"`), "012345", ""},
		"full width":                          {code, "", sheettest.Text("０１２３４５"), "012345", ""},
		"spaces and marks around":             {code, "", sheettest.Text("\u00a0\u200b012345\u3000"), "012345", ""},
		"a space inside":                      {no, "", sheettest.Text("124F 20261120"), "", "characters"},
		"Chinese inside":                      {no, "", sheettest.Text("账单20261120"), "", "characters"},
		"a line break inside":                 {no, "", sheettest.Text("124F\n20261120"), "", "characters"},
		"too short":                           {code, "", sheettest.Text("12345"), "", "length"},
		"too long":                            {no, "", sheettest.Text(strings.Repeat("1", 32)), "", "length"},
		"true":                                {code, "", sheettest.Cell(`t="b"`, "<v>1</v>"), "", "bool"},
		"an error":                            {code, "", sheettest.Cell(`t="e"`, "<v>#NAME?</v>"), "", "cellerror"},
		"a formula with its value":            {code, "", sheettest.Cell(`t="str"`, "<f>A1</f><v>012345</v>"), "012345", ""},
		"linked to another workbook":          {code, "", sheettest.Cell(`t="str"`, "<f>[1]Sheet1!A1</f><v>012345</v>"), "", "formula.linked"},
		"nothing":                             {no, "", "", "", "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := one(t, sheettest.Book{Formats: []string{c.format}}, goodRow(map[int]string{c.column: c.cell}), Options{})
			got := map[int]string{mid: e.Bill.MID, tid: e.Bill.TID, no: e.Bill.BillNo, code: e.Bill.AuthIDRespCd}[c.column]
			if keysOf(e.Problems) != c.problem || c.problem == "" && got != c.want {
				t.Errorf("%q, %q; want %q, %q", got, keysOf(e.Problems), c.want, c.problem)
			}
		})
	}
}

func TestADateIsReadExactlyOrRefused(t *testing.T) {
	n := func(raw string) string { return sheettest.Number(raw, 1) }
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		props, format, cell string
		want, problem       string
	}{
		"built-in 14":                          {"", "14", n("46349"), "2026-11-23", ""},
		"built-in 22, with a time":             {"", "22", n("46349.5242592593"), "2026-11-23", ""},
		"built-in 31, Chinese":                 {"", "31", n("46349"), "2026-11-23", ""},
		"built-in 57, Chinese":                 {"", "57", n("46349"), "2026-11-23", ""},
		"a format of its own":                  {"", `yyyy"年"m"月"d"日"`, n("46349"), "2026-11-23", ""},
		"counted from 1904":                    {`date1904="1"`, "14", n("44887"), "2026-11-23", ""},
		"counted from 1904, the long way":      {`date1904="true"`, "14", n("44887.25"), "2026-11-23", ""},
		"written out":                          {"", "14", sheettest.Cell(`t="d" s="1"`, "<v>2026-11-23T00:00:00</v>"), "2026-11-23", ""},
		"written out, in a workbook from 1904": {`date1904="1"`, "14", sheettest.Cell(`t="d" s="1"`, "<v>2026-11-23T12:34:56Z</v>"), "2026-11-23", ""},
		"eight digits as a number":             {"", "", n("20261123"), "2026-11-23", ""},
		"a day number without a date format":   {"", "", n("46349"), "", "date"},
		"day 60 does not exist":                {"", "14", n("60"), "", "date"},
		"day 0":                                {"", "14", n("0"), "", "date"},
		"before all days":                      {"", "14", n("-1"), "", "date"},
		"a fraction short of midnight":         {"", "22", n("46349.99999999999"), "2026-11-24", ""},
		"half a second short of midnight":      {"", "22", n("46349.9999945"), "2026-11-24", ""},
		"two seconds short of midnight":        {"", "22", n("46349.9999768"), "2026-11-23", ""},
		"slashes":                              {"", "", sheettest.Text("2026/11/3"), "2026-11-03", ""},
		"Chinese":                              {"", "", sheettest.Text("2026年11月3日"), "2026-11-03", ""},
		"dots":                                 {"", "", sheettest.Text("2026.11.03"), "2026-11-03", ""},
		"with a time, as Excel writes CSV":     {"", "", sheettest.Text("2026/11/3 0:00"), "2026-11-03", ""},
		"full width":                           {"", "", sheettest.Text("２０２６－１１－０３"), "2026-11-03", ""},
		"day and month may be either":          {"", "", sheettest.Text("3/4/2026"), "", "date"},
		"no year":                              {"", "", sheettest.Text("3/4"), "", "date"},
		"American":                             {"", "", sheettest.Text("11/23/2026"), "", "date"},
		"two digits of a year":                 {"", "", sheettest.Text("26-11-23"), "", "date"},
		"a day that does not exist":            {"", "", sheettest.Text("2026-02-30"), "", "date"},
		"a year that cannot be":                {"", "", sheettest.Text("2062-11-23"), "", "date.far"},
		"the last century":                     {"", "", sheettest.Text("1999-11-23"), "", "date.far"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := one(t, sheettest.Book{Props: c.props, Formats: []string{c.format}}, goodRow(map[int]string{3: c.cell}), Options{Now: now})
			if keysOf(e.Problems) != c.problem || c.problem == "" && e.Bill.BillDate != c.want {
				t.Errorf("%q, %q; want %q, %q", e.Bill.BillDate, keysOf(e.Problems), c.want, c.problem)
			}
		})
	}
}

func TestAFormulaIsAcceptedOrRefusedAsThePersonSays(t *testing.T) {
	row := goodRow(map[int]string{5: sheettest.Cell("", "<f>A1+B1</f><v>19.08</v>")})
	e, report := one(t, sheettest.Book{}, row, Options{Formulas: "accept"})
	if e.Problems != nil || len(report.Notes) != 1 || report.Notes[0].Key != "intake.note.formula" || report.Notes[0].Args[1] != "F2" {
		t.Errorf("%+v %+v", e.Problems, report.Notes)
	}
	e, _ = one(t, sheettest.Book{}, row, Options{Formulas: "refuse"})
	if keysOf(e.Problems) != "formula" {
		t.Errorf("%+v", e.Problems)
	}
}

func TestASharedFormulaThatLinksOutDoesSoInEveryCell(t *testing.T) {
	cell := func(f string) string { return sheettest.Cell("", f+"<v>19.08</v>") }
	second := goodRow(map[int]string{2: sheettest.Text("124F20261120000002"), 5: cell(`<f t="shared" si="3"/>`)})
	third := goodRow(map[int]string{2: sheettest.Text("124F20261120000003"), 5: cell(`<f t="shared" si="4"/>`)})
	book := sheettest.Book{Sheets: [][2]string{{"账单", sheettest.Rows(headRow(), goodRow(map[int]string{5: cell(`<f t="shared" si="3" ref="F2:F3">[1]Sheet1!A1</f>`)}), second, third)}}}
	entries, _, err := readFile(book.Write(t), Options{})
	if err != nil || len(entries) != 3 || keysOf(entries[0].Problems) != "formula.linked" || keysOf(entries[1].Problems) != "formula.linked" || entries[2].Problems != nil {
		t.Errorf("%+v %v", entries, err)
	}
}

// TestWhatIsReadAsItStandsIsSaid has what is neither refused nor passed over in
// silence.
func TestWhatIsReadAsItStandsIsSaid(t *testing.T) {
	data := sheettest.Rows(headRow(),
		goodRow(map[int]string{2: sheettest.Text("124F\u200b20261120000001")}),
		goodRow(map[int]string{2: sheettest.Text("12345678901234500000"), 4: sheettest.Text("'012345")}),
		goodRow(map[int]string{2: sheettest.Text("124F20261120000003"), 4: sheettest.Number("12345", 1)}),
		goodRow(map[int]string{2: sheettest.Text("124F20261120000004"), 5: sheettest.Number("19.08", 2)}))
	data = strings.Replace(data, `<row r="3">`, `<row r="3" hidden="1">`, 1)
	book := sheettest.Book{Formats: []string{"000000", ";;;"}, Sheets: [][2]string{{"账单", `<cols><col min="3" max="4" width="10" hidden="1"/></cols>` + data + `<autoFilter ref="A1:G5"/>`}}}
	entries, report, err := readFile(book.Write(t), Options{})
	if err != nil || len(entries) != 4 || report.Rows != 4 || report.Total != 4*1908 {
		t.Fatalf("%+v %v", report, err)
	}
	for _, e := range entries {
		if e.Problems != nil {
			t.Errorf("%+v", e.Problems)
		}
	}
	if got := keysOf(report.Notes); got != "note.hidden note.columns note.invisible note.unwrapped note.padded note.zeros note.unseen" {
		t.Error(got)
	}
	if hidden := report.Notes[0].Args; hidden[0] != "1" || hidden[1] != "19.08" || hidden[2] != "3" {
		t.Errorf("%v", hidden)
	}
}

func TestAnAuthorisationCodeIsNeverRepeated(t *testing.T) {
	e, _ := one(t, sheettest.Book{}, goodRow(map[int]string{4: sheettest.Number("98765", 0)}), Options{})
	if keysOf(e.Problems) != "number" || e.Problems[0].Value != "98****" || e.Problems[0].Cell != "E2" {
		t.Errorf("%+v", e.Problems)
	}
}

// TestATextThatIsPassedOnIsSentAsItStandsOrRefused: a note is nobody's identifier,
// and still no character of it is changed.
func TestATextThatIsPassedOnIsSentAsItStandsOrRefused(t *testing.T) {
	for text, want := range map[string]string{
		"退房结算, 3楼 ①½ 𠮷 é 😀":           "",
		strings.Repeat("长", 255):      "",
		strings.Repeat("长", 256):      "length",
		"第一行\n第二行":                    "control",
		"a\x1bb":                      "control",
		"a\x7fb":                      "control",
		"a\u0085b":                    "control",
		"a\ue000b":                    "control", // a character of one machine's own
		"a\ufffdb":                    "control", // what a damaged one was made
		"a\uffffb":                    "control", // no character
		"示例 退房":                       "example",
		"=1+1":                        "",
		"  between blanks  ":          "",
		"\u3000between wide blanks\t": "",
	} {
		entries, _, err := readText(t, strings.TrimSpace(head)+",备注\n898440355410001,40001001,124F20261120000001,2026-11-20,012345,19.08,甲,\""+text+"\"\n", Options{})
		if err != nil || len(entries) != 1 || keysOf(entries[0].Problems) != want || want == "" && entries[0].Bill.AuthedDesc != strings.TrimSpace(text) {
			t.Errorf("%q: %+v %v, want %q", text, entries, err, want)
		}
	}
}
