package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/sheet"
)

// lastSuccess is the one metric that outlives the run that wrote it: it is
// carried over from the file that is replaced.
const lastSuccess = "batchcomplete_last_success_timestamp_seconds"

// gauge is one metric and its values, whose labels are beside env and profile.
type gauge struct {
	name, help string
	values     []labelled
}

type labelled struct {
	labels string // `,state="pending"`
	value  string
}

// metrics puts a run's end into Prometheus's text format, for node_exporter's
// textfile collector.
func (a *app) metrics(code cli.Code) string {
	o, now := a.outside, a.Now()
	took := now.Sub(o.started).Milliseconds()
	all := []gauge{
		{"batchcomplete_run_exit_code", "Exit code of the last run.", one(int64(code))},
		{"batchcomplete_run_timestamp_seconds", "When the last run ended.", one(now.Unix())},
		{"batchcomplete_run_duration_seconds", "How long the last run took.", []labelled{{"", fmt.Sprintf("%d.%03d", took/1000, took%1000)}}},
	}
	success := previousSuccess(o.metrics, a.labels())
	if done(code) {
		success = now.Unix()
	}
	all = append(all, gauge{lastSuccess, "When a run last ended with exit code 0 or 3; 0 for never.", one(success)})
	if o.stock != nil {
		all = append(all, o.stock.gauges(now)...)
	}
	var b strings.Builder
	for _, g := range all {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s gauge\n", g.name, g.help, g.name)
		for _, v := range g.values {
			fmt.Fprintf(&b, "%s{%s%s} %s\n", g.name, a.labels(), v.labels, v.value)
		}
	}
	return b.String()
}

func one(n int64) []labelled { return []labelled{{"", strconv.FormatInt(n, 10)}} }

// gauges gives what the checkpoint holds. Amounts are in fen.
func (s stock) gauges(now time.Time) []gauge {
	rows := gauge{name: "batchcomplete_rows", help: "Rows of the checkpoint by state."}
	fen := gauge{name: "batchcomplete_fen", help: "What the rows of the checkpoint ask for, in fen, by state."}
	for _, state := range batch.States {
		label := `,state="` + string(state) + `"`
		rows.values = append(rows.values, labelled{label, strconv.Itoa(s.states[state].Rows)})
		fen.values = append(fen.values, labelled{label, strconv.FormatInt(int64(s.states[state].Fen), 10)})
	}
	age := int64(0)
	if !s.oldestUnknown.IsZero() {
		age = max(0, int64(now.Sub(s.oldestUnknown)/time.Second))
	}
	return []gauge{rows, fen, {"batchcomplete_oldest_unknown_age_seconds", "How long ago the row was sent that has been in doubt longest, at the end of the last run; 0 for none.", one(age)}}
}

// labels are on every metric, so that several profiles' files go together.
func (a *app) labels() string {
	return fmt.Sprintf(`env="%s",profile="%s"`, label(a.set.String("env")), label(a.set.Profile()))
}

// label is a text as the format has it between quotes: it knows three escapes and
// no more, and refuses the whole file where there is another.
func label(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(lang.Visible(s))
}

// previousSuccess reads the last success out of the file that is to be replaced.
func previousSuccess(path, labels string) int64 {
	f, err := cli.OpenRegular(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, mostMetrics))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(lastSuccess+"{"+labels+"} ") + `(\d+)$`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n
}

// mostMetrics bounds what is read of the file that is replaced.
const mostMetrics = 1 << 20

// writeMetrics replaces the file as a whole, where it is one of ours.
// node_exporter, which runs as another user, must be able to read it.
func writeMetrics(path, text string) error {
	first, _, _ := strings.Cut(text, "\n")
	return sheet.WritePublic(path, []string{first}, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}
