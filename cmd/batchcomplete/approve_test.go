package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
)

// as has the next calls made by somebody else.
func as(t *testing.T, who string) {
	t.Helper()
	before := testEnv["SUDO_USER"]
	testEnv["SUDO_USER"] = who
	t.Cleanup(func() { testEnv["SUDO_USER"] = before })
}

func TestOnlyWhatASecondPersonReleasedIsSent(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: true\n")
	db := []string{"--env", "test", "--db", filepath.Join(dir, "test.db")}
	run := func(args ...string) outcome {
		return call(t, append(append([]string{"run", "--config", config, "--json"}, args...), at(dir, server)...)...)
	}
	aa, bb := manyBills(t, dir, "AA", 3, plainAmount), manyBills(t, dir, "BB", 2, plainAmount)
	as(t, "alice")
	o := run(aa, bb).want(t, cli.TimeUp)
	if r := o.json(t); len(server.Ledger()) != 0 || r.States[batch.Pending].Rows != 5 {
		t.Fatalf("sent without a release: %d payments, %+v", len(server.Ledger()), r.States)
	}
	if !strings.Contains(o.errors, "AA-") || !strings.Contains(o.errors, "waits for approval: 3 rows ¥30.03") {
		t.Errorf("%s", o.errors)
	}
	approve := func(args ...string) outcome { return call(t, append(append([]string{"approve"}, args...), db...)...) }
	approve("AA").want(t, cli.Usage) // alice imported it
	as(t, "ALICE")
	approve("AA").want(t, cli.Usage)
	as(t, "bob")
	approve("AA", "--expect-total", "30.04").want(t, cli.Refused)
	approve("AA", "--expect-rows", "4").want(t, cli.Refused)
	approve("AA", "--valid-for", "0s").want(t, cli.Usage)
	approve("nosuch").want(t, cli.Usage)
	run(aa, bb).want(t, cli.TimeUp)
	if len(server.Ledger()) != 0 {
		t.Fatal("a refused approval released something")
	}
	approve("AA", "--expect-total", "30.03", "--expect-rows", "3").want(t, cli.OK)
	r := run(aa, bb).want(t, cli.TimeUp).json(t)
	if len(server.Ledger()) != 3 || r.States[batch.Completed].Rows != 3 || r.States[batch.Pending].Rows != 2 {
		t.Errorf("%d payments, %+v", len(server.Ledger()), r.States)
	}
	// One that has run out releases nothing any more.
	approve("BB", "--valid-for", "1us").want(t, cli.OK)
	run(bb).want(t, cli.TimeUp)
	if len(server.Ledger()) != 3 {
		t.Error("sent under an approval that has run out")
	}
	approve("BB").want(t, cli.OK)
	run(bb).want(t, cli.OK)
	if len(server.Ledger()) != 5 {
		t.Errorf("%d payments", len(server.Ledger()))
	}
	approve("BB").want(t, cli.Usage) // nothing is pending any more
}

// TestDoubtsAreResolvedWithoutARelease has a row of a batch whose approval ran
// out in doubt: it is asked about, and not sent.
func TestDoubtsAreResolvedWithoutARelease(t *testing.T) {
	dir := t.TempDir()
	lose, shift := true, time.Duration(0)
	now := func() time.Time { return time.Now().Add(shift) }
	server := startGateway(t, sandbox.Options{Now: now, Behaviour: func(r sandbox.Request) sandbox.Fault {
		if lose && r.Operation == sandbox.Completion {
			return sandbox.Named("SYSTEM_BUSY, not executed")
		}
		return sandbox.Fault{}
	}})
	config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: true\n")
	input := manyBills(t, dir, "DOUBT", 2, plainAmount)
	run := func(args ...string) outcome {
		return callAt(t, now, append(append([]string{"run", input, "--config", config, "--json"}, at(dir, server)...), args...)...)
	}
	as(t, "alice")
	run()
	as(t, "bob")
	call(t, "approve", "DOUBT", "--valid-for", "1h", "--env", "test", "--db", filepath.Join(dir, "test.db")).want(t, cli.OK)
	if r := run("--resolve-for", "1ms").json(t); r.States[batch.Unknown].Rows != 2 {
		t.Fatalf("%+v", r.States)
	}
	lose, shift = false, 2*time.Hour
	payments := len(server.Ledger())
	if r := run().want(t, cli.TimeUp).json(t); r.States[batch.Unknown].Rows != 0 || r.States[batch.Pending].Rows != 2 {
		t.Errorf("the doubts were not resolved: %+v", r.States)
	}
	if len(server.Ledger()) != payments || payments != 0 {
		t.Errorf("sent after the approval ran out: %d payments", len(server.Ledger()))
	}
}

func TestRetrySendsOnlyWhatIsReleased(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Completion {
			return sandbox.Named("NO_BILL")
		}
		return sandbox.Fault{}
	}, KeepCalls: 100})
	input := manyBills(t, dir, "DECL", 2, plainAmount)
	call(t, append([]string{"run", input}, at(dir, server)...)...).want(t, cli.Differences)
	calls := len(server.Calls())
	config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: true\n")
	call(t, append([]string{"retry", "DECL", "--config", config}, at(dir, server)...)...).want(t, cli.Usage)
	if len(server.Calls()) != calls {
		t.Error("retry sent what nobody released")
	}
}

func TestRequireApprovalIsTrueOrFalse(t *testing.T) {
	dir := t.TempDir()
	server := startGateway(t, sandbox.Options{})
	input := manyBills(t, dir, "AA", 1, plainAmount)
	config := put(t, filepath.Join(dir, "config.yaml"), "require_approval: yes please\n")
	call(t, append([]string{"run", input, "--config", config}, at(dir, server)...)...).want(t, cli.Usage)
	if len(server.Ledger()) != 0 {
		t.Error("it was sent")
	}
}
