package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/sheet"
	"batchcomplete/internal/ums"
)

// export writes a folder for the auditors: a batch's input as it was, its
// results, every attempt and answer, and a manifest that verify checks later.
// The folder appears as a whole or not at all.
func (a *app) export(ctx context.Context, args []string) (cli.Code, error) {
	out := a.set.String("out")
	if out == "" {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.export.out")), "")
	}
	if !vacant(out) {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.export.there", out)), a.lang.T("batchcomplete.export.there.hint"))
	}
	env, db, err := a.openForReading(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer db.Close()
	b, err := db.FindBatch(ctx, args[0])
	if err != nil {
		return cli.Usage, cli.Fail(cli.Usage, err, a.lang.T("batchcomplete.batch.hint"))
	}
	out = absolute(out)
	if err := os.MkdirAll(filepath.Dir(out), 0o750); err != nil {
		return cli.Failed, cli.Fail(cli.Failed, err, "")
	}
	dir, err := os.MkdirTemp(filepath.Dir(out), ".exporting-*") // readable to its owner alone
	if err != nil {
		return cli.Failed, cli.Fail(cli.Failed, err, "")
	}
	defer os.RemoveAll(dir)
	e := exporter{job: &job{app: a, env: env, db: db}, batch: b, dir: dir}
	m, err := e.write(ctx)
	if err == nil && vacant(out) {
		_ = os.Remove(out) // an empty folder gives way
	}
	if err == nil {
		err = os.Rename(dir, out)
	}
	if err == nil {
		err = sheet.SyncDir(filepath.Dir(out))
	}
	if err != nil {
		return cli.Failed, cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.export.failed", b.Name, err)), "")
	}
	return a.sayExported(m, out)
}

// vacant tells whether a folder may be made there: nothing is, not even a link, or
// an empty folder.
func vacant(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	entries, err := os.ReadDir(path)
	return err == nil && info.IsDir() && len(entries) == 0
}

// sayExported names the manifest's hash, which is to be kept elsewhere.
func (a *app) sayExported(m manifest, out string) (cli.Code, error) {
	sum, err := intake.Hash(filepath.Join(out, manifestName))
	if err != nil {
		return cli.Failed, cli.Fail(cli.Failed, err, "")
	}
	if m.Input != "present" {
		a.note(a.lang.T("batchcomplete.export.noinput", m.Batch.File))
	}
	code := cli.OK
	for _, problem := range m.Journal.Problems {
		code = cli.Differences
		a.note(cli.OneLine(a.lang.T("batchcomplete.verify.chain", problem)))
	}
	if a.set.Bool("json") {
		return code, printJSON(a, jsonExport{out, m.Batch.Name, sum, len(m.Files), m.Input, m.Journal.Problems, code})
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.export.done", m.Batch.Name, out, len(m.Files), sum))
	return code, nil
}

// jsonExport is what export --json prints: a contract.
type jsonExport struct {
	Dir      string   `json:"dir"`
	Batch    string   `json:"batch"`
	Manifest string   `json:"manifestSha256"`
	Files    int      `json:"files"`
	Input    string   `json:"input"`
	Problems []string `json:"problems"`
	Exit     cli.Code `json:"exit"`
}

// exporter writes one batch's folder.
type exporter struct {
	*job
	batch checkpoint.Batch
	dir   string
}

func (e exporter) write(ctx context.Context) (manifest, error) {
	m, err := e.describe(ctx)
	if err != nil {
		return m, err
	}
	if m.Input, err = e.input(ctx); err != nil {
		return m, err
	}
	if err := e.file("rows.csv", func(w io.Writer) error { return e.rows(ctx, w) }); err != nil {
		return m, err
	}
	if err := e.file("attempts.jsonl", func(w io.Writer) error { return e.attempts(ctx, w) }); err != nil {
		return m, err
	}
	if m.Files, err = inventory(e.dir); err != nil {
		return m, err
	}
	return m, e.file(manifestName, func(w io.Writer) error {
		text, err := cli.MarshalJSON(m)
		if err != nil {
			return err
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, append(text, '\n'), "", "  "); err != nil {
			return err
		}
		_, err = indented.WriteTo(w)
		return err
	})
}

func (e exporter) file(name string, write func(io.Writer) error) error {
	path := filepath.Join(e.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return sheet.WriteFile(path, write)
}

// input copies the accountant's file and writes the results beside its rows,
// where it still is what was imported.
func (e exporter) input(ctx context.Context) (string, error) {
	sum, err := intake.Hash(e.batch.Path)
	if err != nil {
		return "it can no longer be read where it was imported from", nil
	}
	if sum != e.batch.SHA256 {
		return "it was changed since it was imported", nil
	}
	err = e.file(filepath.Join("input", filepath.Base(e.batch.Path)), func(w io.Writer) error {
		f, err := sheet.OpenFile(e.batch.Path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		return "", err
	}
	var options intake.Options
	if _, err := e.set.Section("columns", &options.Columns); err != nil {
		return "", err
	}
	stem := strings.TrimSuffix(filepath.Base(e.batch.Path), filepath.Ext(e.batch.Path))
	path := filepath.Join(e.dir, "results", resultName(stem)+".xlsx")
	return "present", e.writeResult(ctx, e.batch, settingsOf(e.batch, options), path, func(write func(io.Writer) error) error {
		return sheet.WriteFile(path, write)
	})
}

// rows writes the batch's rows as `rows --format csv` does.
func (e exporter) rows(ctx context.Context, w io.Writer) error {
	visit, end := csvRows(w)
	if err := e.db.Each(ctx, checkpoint.Filter{Batches: []int64{e.batch.ID}}, visit); err != nil {
		return err
	}
	return end()
}

// jsonEvent is one line of attempts.jsonl: a contract. Moments are RFC 3339 in
// Beijing time.
type jsonEvent struct {
	Line       int    `json:"line"`
	MID        string `json:"mid"`
	BillNo     string `json:"billNo"`
	BillDate   string `json:"billDate"`
	At         string `json:"at"`
	Cause      string `json:"cause"`
	From       string `json:"from"`
	To         string `json:"to"`
	Attempt    int    `json:"attempt"` // of an intent; 0 otherwise
	Generation int    `json:"generation"`
	OrderID    string `json:"authedOrderId"`
	Code       string `json:"errCode"`
	Message    string `json:"errMsg"`
	HTTPStatus int    `json:"httpStatus"`
	Actor      string `json:"actor"`
	Reason     string `json:"reason"`
}

func newEvent(row batch.Row, e checkpoint.Event) jsonEvent {
	return jsonEvent{row.Line, row.MID, row.BillNo, row.BillDate, moment(e.At), string(e.Cause), string(e.From), string(e.To),
		e.N, e.Generation, e.OrderID, e.Code, masked(e.Message, row.AuthIDRespCd), e.HTTPStatus, e.Actor, masked(e.Reason, row.AuthIDRespCd)}
}

// attempts writes every intent and everything that came of it, a line each. An
// authorisation code is masked wherever it stands.
func (e exporter) attempts(ctx context.Context, w io.Writer) error {
	return e.db.Each(ctx, checkpoint.Filter{Batches: []int64{e.batch.ID}}, func(row batch.Row) error {
		story, err := e.db.Story(ctx, row.ID)
		if err != nil {
			return err
		}
		for _, event := range story {
			if err := cli.WriteJSON(w, newEvent(row, event)); err != nil {
				return err
			}
		}
		return nil
	})
}

// masked hides an authorisation code that a text repeats.
func masked(text, code string) string {
	if len(code) < 4 {
		return text
	}
	return strings.ReplaceAll(text, code, ums.MaskCode(code))
}
