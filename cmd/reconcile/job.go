package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/sheet"
)

// job is what is asked, settled and checked before a file is opened.
type job struct {
	selection  recon.Selection
	out        string
	csv        bool
	statements []string
	layouts    []recon.Layout
	fees       recon.Fees
	calendar   recon.Calendar
	carryPath  string // empty: no book is kept
	carry      recon.Carry
}

func (a *app) job() (job, error) {
	j := job{out: a.set.String("out"), statements: a.set.Strings("statement")}
	var err error
	if j.selection, err = a.selection(); err != nil {
		return j, err
	}
	if j.out == "" {
		return j, a.fail("reconcile.out")
	}
	switch format := a.set.String("format"); format {
	case "table", "xlsx": // table is the flag's default, for the other program
	case "csv":
		j.csv = true
	default:
		return j, a.fail("reconcile.format", format)
	}
	if a.set.Bool("strict-statement") && len(j.statements) == 0 {
		return j, a.fail("reconcile.strict", a.lang.T("reconcile.strict.none"))
	}
	return j, a.configured(&j)
}

func (a *app) selection() (recon.Selection, error) {
	s := recon.Selection{From: a.set.String("from"), To: a.set.String("to"), Dates: a.set.Strings("settle-date")}
	if len(s.Dates) == 0 {
		s.Dates = nil
	}
	for _, date := range append([]string{s.From, s.To}, s.Dates...) {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return s, a.fail("reconcile.date", date)
		}
	}
	if s.Dates != nil && s.From+s.To != "" {
		return s, a.fail("reconcile.date.both")
	}
	return s, nil
}

// configured reads the sections that only the configuration file has.
func (a *app) configured(j *job) error {
	c, err := recon.Configure(func(key string, into any) error {
		_, err := a.set.Section(key, into)
		return err
	})
	j.layouts, j.fees, j.calendar = c.Layouts, c.Fees, c.Calendar
	var told *cli.Error
	var unknown *recon.UnknownName
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told): // by the file's reader
		return err
	case errors.As(err, &unknown):
		return cli.Fail(cli.Usage, errors.New(a.lang.T("reconcile.config", err)), a.lang.T("cli.config.key.hint", cli.Nearest(unknown.Name, unknown.Known)))
	}
	return a.fail("reconcile.config", err)
}

// match opens the statements and holds the rows against them.
func (a *app) match(j job, source recon.Source) (recon.Result, error) {
	in := recon.Input{Layouts: j.layouts, Fees: j.fees, Carry: j.carry, Today: a.today()}
	for _, path := range j.statements {
		file, err := a.statement(path)
		if err != nil {
			return recon.Result{}, err
		}
		defer file.File.Close()
		in.Statements = append(in.Statements, file)
	}
	result, err := recon.Reconcile(source, j.selection, in)
	var refused *recon.RefusedStatement
	if errors.As(err, &refused) {
		return result, errors.Join(a.refused(refused.Name, refused.Why), result.Close())
	}
	return result, err
}

func (a *app) today() string { return a.Now().In(cli.Beijing).Format(time.DateOnly) }

func (a *app) statement(path string) (recon.StatementFile, error) {
	sum, err := hashOf(path)
	if err != nil {
		return recon.StatementFile{}, a.fail("reconcile.statement.open", path, err)
	}
	f, err := sheet.Open(path, "")
	var refusal *sheet.Refusal
	if errors.As(err, &refusal) {
		return recon.StatementFile{}, a.refused(path, refusal)
	}
	if err != nil {
		return recon.StatementFile{}, a.fail("reconcile.statement.open", path, err)
	}
	return recon.StatementFile{Name: filepath.Base(path), SHA256: sum, File: f}, nil
}

func hashOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// refused tells why a statement is not read, and how to mend it.
func (a *app) refused(name string, why error) error {
	var r *sheet.Refusal
	if !errors.As(why, &r) {
		return why
	}
	return cli.Fail(cli.Refused, errors.New(a.lang.T("reconcile.statement.refused", name, a.lang.Tell(r.Key, r.Args))), a.lang.T(r.Key+".mend"))
}

// strict fails where a statement is expected and missing: rows were completed for
// a merchant's day of which the statements have no line.
func (a *app) strict(r recon.Result) error {
	if !a.set.Bool("strict-statement") || r.Matching == nil || len(r.Matching.Missing) == 0 {
		return nil
	}
	var days []string
	for _, l := range r.Matching.Missing {
		days = append(days, l.SettleDate+" "+l.MID)
	}
	const most = 10
	if len(days) > most {
		days = append(days[:most], "…")
	}
	return a.fail("reconcile.strict", strings.Join(days, ", "))
}
