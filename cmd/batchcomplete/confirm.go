package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
)

// confirm says what is about to be sent, and where; on a terminal it asks. It
// gives an error where the answer is no: nothing has been sent then.
func (j *job) confirm(ctx context.Context, chosen []batch.Row) error {
	sum := jsonSum{}
	if chosen == nil {
		t, err := j.db.Tally(ctx, j.scope)
		if err != nil {
			return err
		}
		sum = jsonSum{t.States[batch.Pending].Rows, t.States[batch.Pending].Fen}
	}
	for _, row := range chosen {
		sum.Rows, sum.Fen = sum.Rows+1, sum.Fen+row.Amount
	}
	fmt.Fprintln(j.Stderr, j.lang.T("batchcomplete.plan", j.env, sum.Rows, sum.Fen.Grouped()))
	if sum.Rows == 0 || j.set.Bool("yes") || !cli.IsTerminal(j.Stdin) {
		return nil
	}
	fmt.Fprint(j.ask, j.lang.T("batchcomplete.plan.ask"))
	answer, _ := bufio.NewReader(j.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes", "是":
		return nil
	}
	return cli.Fail(cli.Usage, errors.New(j.lang.T("batchcomplete.plan.no")), "")
}
