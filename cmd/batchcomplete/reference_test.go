package main

import (
	"flag"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/manual"
	"batchcomplete/internal/ums"
)

// make docs runs the test below with this flag.
var update = flag.Bool("update", false, "write the generated blocks of docs/reference.md anew")

// TestTheReferenceIsWhatTheProgramHas holds the committed page against the program's own tables.
func TestTheReferenceIsWhatTheProgramHas(t *testing.T) {
	zh, en := (&app{lang: lang.Zh}).root(), (&app{lang: lang.En}).root()
	for name, text := range map[string]string{
		"commands of batchcomplete": manual.Commands(zh, en),
		"flags of batchcomplete":    manual.Flags(zh, en),
		"columns":                   columnsTable(),
		"result columns":            resultsTable(),
		"states":                    statesTable(),
		"exit codes":                exitTable(),
		"configuration":             configurationTable(),
		"codes":                     codesTable(),
		"messages":                  messagesTable(),
	} {
		if err := manual.Block("../../docs/reference.md", name, text, *update); err != nil {
			t.Error(err)
		}
	}
}

func columnsTable() string {
	rows := [][]string{{"列 / column", "表头 / headings", "必需 / required"}}
	for _, name := range intake.FieldNames() {
		words, required := intake.Headings(name)
		must := ""
		if required {
			must = "✓"
		}
		rows = append(rows, []string{"`" + name + "`", strings.Join(words, " · "), must})
	}
	return manual.Table(rows)
}

// resultsTable has the columns of the results in their order.
func resultsTable() string {
	rows := [][]string{{"列", "column", "含义", "meaning"}}
	for i, name := range intake.ResultColumns {
		key := "manual.result." + name
		rows = append(rows, []string{intake.ResultHeadings(lang.Zh)[i], intake.ResultHeadings(lang.En)[i], lang.Zh.T(key), lang.En.T(key)})
	}
	return manual.Table(rows)
}

func TestEveryColumnOfTheResultsIsExplained(t *testing.T) {
	for _, name := range intake.ResultColumns {
		if key := "manual.result." + name; !lang.Has(key) {
			t.Errorf("the catalogue has no %s", key)
		}
	}
}

func statesTable() string {
	rows := [][]string{{"状态 / state", "中文", "English"}}
	for _, s := range batch.States {
		key := "state." + string(s)
		rows = append(rows, []string{"`" + string(s) + "`", lang.Zh.T(key), lang.En.T(key)})
	}
	return manual.Table(rows)
}

func exitTable() string {
	rows := [][]string{{"码 / code", "含义", "meaning"}}
	for _, code := range cli.Codes {
		rows = append(rows, []string{strconv.Itoa(int(code)), cli.ExitText(lang.Zh, code), cli.ExitText(lang.En, code)})
	}
	return manual.Table(rows)
}

func TestEverySettingOfTheFileIsExplained(t *testing.T) {
	for _, name := range cli.FileOnly() {
		if key := "manual.file." + name; !lang.Has(key) {
			t.Errorf("the catalogue has no %s", key)
		}
	}
}

func configurationTable() string {
	rows := [][]string{{"只在配置文件中 / in the file only", "含义", "meaning"}}
	for _, name := range cli.FileOnly() {
		key := "manual.file." + name
		rows = append(rows, []string{"`" + strings.ReplaceAll(name, "-", "_") + "`", lang.Zh.T(key), lang.En.T(key)})
	}
	return manual.Table(rows)
}

// codesTable says of each code what it means, and what the program does about it.
func codesTable() string {
	rows := [][]string{{"代码 / code", "含义", "meaning", "答复之后 / after it", "查无此单时 / if then absent"}}
	for _, code := range ums.Codes() {
		after, absent := "查询 / query", "同号再发 / sent again, same id"
		switch code {
		case ums.CodeNeverSent, ums.CodeTokenRefused, ums.CodeTokenExpired:
			after, absent = "没有发出,同号再发 / nothing was sent; sent again, same id", ""
		case ums.CodeForgotten, ums.CodeLaterOrder, ums.CodeClock:
			after, absent = "保持结果未知,再查询 / stays unknown, is asked about again", ""
		}
		for _, r := range ums.Rules {
			if r.Code == code {
				after, absent = afterIt(r), ifAbsent(r)
			}
		}
		rows = append(rows, []string{"`" + code + "`", lang.Zh.T("code." + code), lang.En.T("code." + code), after, absent})
	}
	return manual.Table(rows)
}

func afterIt(r ums.Rule) string {
	switch {
	case r.Scope == ums.ThisClient:
		return "停止运行 / stops the run"
	case r.Scope == ums.ThisMerchant:
		return "拒绝;停发该商户 / declined; that merchant is stopped"
	case r.Outcome == ums.Declined:
		return "拒绝 / declined"
	case r.Outcome == ums.NotExecuted:
		return "减速,同号再发 / slows down, sent again, same id"
	case r.QueryAfter > 0:
		return r.QueryAfter.String() + " 后查询 / queries after that"
	}
	return "查询 / query"
}

func ifAbsent(r ums.Rule) string {
	switch {
	case r.Outcome != ums.Unknown || r.Scope != ums.ThisRow:
		return ""
	case r.IfAbsent == ums.Declined:
		return "拒绝 / declined"
	case r.IfAbsent == ums.Contradictory:
		return "待人工处理 / held"
	}
	return "同号再发 / sent again, same id"
}

// messagesTable is the runbook: each message that comes with advice, and the advice. What the program fills in is
// shown as ….
func messagesTable() string {
	rows := [][]string{{"信息", "该做什么", "message", "what to do"}}
	for _, key := range lang.Hinted() {
		row := []string{}
		for _, l := range []lang.Lang{lang.Zh, lang.En} {
			row = append(row, verb.ReplaceAllString(l.T(key), "…"), verb.ReplaceAllString(l.T(key+".hint"), "…"))
		}
		rows = append(rows, row)
	}
	return manual.Table(rows)
}

var verb = regexp.MustCompile(`%[a-z]`)
