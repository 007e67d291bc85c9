package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os/user"
	"strings"
	"time"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/sheet"
)

// noCarry is the word of --carry for no book at all.
const noCarry = "none"

// carryPath is where the carry-over book of an environment is; empty for none.
func (a *app) carryPath(env string) string {
	switch path := a.set.String("carry"); path {
	case "":
		name := strings.TrimSuffix(strings.TrimPrefix(cli.CheckpointName(env, a.set.Profile()), "batchcomplete-"), ".db")
		return "reconcile-" + name + ".carry.jsonl"
	case noCarry:
		return ""
	default:
		return path
	}
}

// readCarry reads what is open of earlier days. A book that is not there is empty.
func (a *app) readCarry(j *job, env string) error {
	j.carryPath = a.carryPath(env)
	j.carry = recon.Carry{Env: env}
	if j.carryPath == "" {
		return nil
	}
	f, err := cli.OpenRegular(j.carryPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer f.Close()
		j.carry, err = recon.ReadCarry(f, env)
	}
	if err != nil {
		return a.fail("reconcile.carry", j.carryPath, err)
	}
	return nil
}

// keepCarry replaces the book, where something was matched at all.
func (a *app) keepCarry(j job, r recon.Result) error {
	if j.carryPath == "" || r.Matching == nil || !r.Matching.Listed {
		return nil
	}
	return a.writeCarry(j.carryPath, recon.Carry{Env: j.carry.Env, Breaks: append(r.Matching.Breaks[:len(r.Matching.Breaks):len(r.Matching.Breaks)], r.Matching.Cleared...)})
}

func (a *app) writeCarry(path string, c recon.Carry) error {
	if err := sheet.WriteFile(path, func(w io.Writer) error { return c.Write(w) }); err != nil {
		return a.fail("reconcile.carry", path, err)
	}
	return nil
}

// explain marks one break of the book as explained, by whom and when.
func (a *app) explain(context.Context) (cli.Code, error) {
	note := strings.TrimSpace(a.set.String("note"))
	if note == "" {
		return cli.OK, a.fail("reconcile.explain.note")
	}
	var j job
	env := a.set.String("env")
	if env == "" && a.set.String("carry") == "" {
		return cli.OK, a.fail("reconcile.db")
	}
	if err := a.readCarry(&j, env); err != nil {
		return cli.OK, err
	}
	b, err := j.carry.Explain(a.set.String("explain"), note, actor(a.Getenv), a.Now())
	if err != nil {
		return cli.OK, a.fail("reconcile.explain", err)
	}
	if err := a.writeCarry(j.carryPath, j.carry); err != nil {
		return cli.OK, err
	}
	if a.set.Bool("json") {
		return cli.OK, cli.WriteJSON(a.Stdout, jsonExplained{j.carry.Env, b.Key, note, b.Explained.By, b.Explained.At.In(cli.Beijing).Format(time.RFC3339Nano), cli.OK})
	}
	_, err = io.WriteString(a.Stdout, a.lang.T("reconcile.explain.done", b.Key, note, b.Explained.By)+"\n")
	return cli.OK, err
}

// jsonExplained is what --explain --json prints: a contract.
type jsonExplained struct {
	Env  string   `json:"env"`
	Key  string   `json:"key"`
	Note string   `json:"note"`
	By   string   `json:"by"`
	At   string   `json:"at"`
	Exit cli.Code `json:"exit"`
}

// actor is who acts, as the machine knows them.
func actor(getenv func(string) string) string {
	if name := getenv("SUDO_USER"); name != "" {
		return name
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return getenv("USER")
}
