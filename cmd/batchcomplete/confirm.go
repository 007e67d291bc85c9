package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"batchcomplete/internal/cli"
)

// confirm says what is about to be sent, and where; on a terminal it asks. It
// gives an error where the answer is no: nothing has been sent then.
func (j *job) confirm(sum jsonSum) error {
	if j.env == envProd {
		fmt.Fprintln(j.Stderr, banner(j.lang.T("batchcomplete.plan.prod", tail(j.gateway.appID)), j.coloured()))
	}
	j.note(j.lang.T("batchcomplete.plan", j.env, sum.Rows, sum.Fen.Grouped()))
	if sum.Rows == 0 || j.set.Bool("yes") || !cli.IsTerminal(j.Stdin) {
		return nil
	}
	question := "batchcomplete.plan.ask"
	if j.env == envProd {
		question = "batchcomplete.plan.ask.prod"
	}
	fmt.Fprint(j.ask, j.lang.T(question))
	answer, _ := bufio.NewReader(j.Stdin).ReadString('\n')
	if agrees(j.env, answer) {
		return nil
	}
	return cli.Fail(cli.Usage, errors.New(j.lang.T("batchcomplete.plan.no")), "")
}

// agrees reads the answer to the question. In production the environment's own
// word is asked for: a y is typed too easily.
func agrees(env, answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	if env == envProd {
		return answer == envProd
	}
	return answer == "y" || answer == "yes" || answer == "是" || answer == env
}

// coloured tells whether standard error takes colours: NO_COLOR is respected.
func (a *app) coloured() bool {
	return a.Getenv("NO_COLOR") == "" && a.Getenv("TERM") != "dumb" && cli.IsTerminal(a.Stderr)
}

// banner is what nobody overlooks: white on red.
func banner(text string, coloured bool) string {
	if !coloured {
		return text
	}
	return "\x1b[1;37;41m " + text + " \x1b[0m"
}

// tail shows enough of an appId to tell it from another.
func tail(id string) string {
	if len(id) <= 8 {
		return "…"
	}
	return "…" + id[len(id)-4:]
}

// practiceIDs are appIds that no merchant has: the sandbox's, and the one of the
// gateway's published examples.
var practiceIDs = []string{sandboxAppID, "12345678901234567890123456789012"}

// refusePractice keeps credentials for practice out of production.
func (a *app) refusePractice(env, id string) error {
	for _, practice := range practiceIDs {
		if env == envProd && strings.EqualFold(id, practice) {
			return cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.key.practice")), a.lang.T("batchcomplete.key.missing.hint"))
		}
	}
	return nil
}
