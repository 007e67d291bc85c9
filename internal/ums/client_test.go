package ums_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

const appID, appKey = "12345678901234567890123456789012", "67890123456789012345678901234567"

var sample = ums.Completion{
	MID: "89844035541APR4", TID: "APR40001", InstMID: "QRPAYDEFAULT",
	BillNo: "124F2023071912562344830889", BillDate: "2023-07-19",
	AuthedOrderID: "124F2023071913311600836127", AuthIDRespCd: "987275", TotalAmount: 1908,
}

func newClient(t *testing.T, url string, change func(*ums.Config)) *ums.Client {
	t.Helper()
	c := ums.Config{BaseURL: url, AppID: appID, AppKey: ums.NewSecret(appKey), Rate: 1000}
	if change != nil {
		change(&c)
	}
	client, err := ums.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func newSandbox(t *testing.T, o sandbox.Options) *sandbox.Server {
	t.Helper()
	o.AppID, o.AppKey = appID, ums.NewSecret(appKey)
	server, err := sandbox.Start("127.0.0.1:0", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server
}

// TestTheOfficialSampleByteForByte is an independent check: the request that the
// official page shows is what the client sends (but for the moment), and the
// response that it shows is a completion.
func TestTheOfficialSampleByteForByte(t *testing.T) {
	response, err := os.ReadFile("testdata/response.json")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/request.json")
	if err != nil {
		t.Fatal(err)
	}
	var sent []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ = io.ReadAll(r.Body)
		_, _ = w.Write(response)
	}))
	defer server.Close()
	moment := time.Date(2023, 7, 19, 5, 31, 16, 0, time.UTC) // 13:31:16 in Beijing
	client := newClient(t, server.URL, func(c *ums.Config) { c.Now = func() time.Time { return moment } })
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.Completed {
		t.Fatalf("%+v", a)
	}
	var compact strings.Builder
	for line := range strings.Lines(string(want)) {
		compact.WriteString(strings.TrimSpace(line))
	}
	if string(sent) != compact.String() {
		t.Errorf("sent\n%s\nwant\n%s", sent, compact.String())
	}
}

// TestTheOfficialRequestAtTheSandbox sends the page's own bytes, and looks at
// the shape of what comes back.
func TestTheOfficialRequestAtTheSandbox(t *testing.T) {
	moment := time.Date(2023, 7, 19, 5, 31, 16, 0, time.UTC)
	server := newSandbox(t, sandbox.Options{Now: func() time.Time { return moment }})
	client := newClient(t, server.URL, func(c *ums.Config) { c.Now = func() time.Time { return moment } })
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.Completed || a.Payment.TotalAmount+a.Payment.DiscountAmount != 1908 || a.Payment.SettleDate != "2023-07-19" {
		t.Errorf("%+v", a)
	}
	if ledger := server.Ledger(); len(ledger) != 1 || ledger[0].Amount != 1908 || ledger[0].OrderID != sample.AuthedOrderID {
		t.Errorf("%+v", ledger)
	}
	if a := client.Query(context.Background(), sample); a.Outcome != ums.Completed {
		t.Errorf("asked: %+v", a)
	}
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.Unknown || a.Code != "DUP_ORDER" {
		t.Errorf("the same order id again: %+v", a)
	}
	other := sample
	other.AuthedOrderID = "124F2023071913311600836128"
	if a := client.Complete(context.Background(), other); a.Outcome != ums.Unknown || a.Code != "OPERATION_NOT_ALLOWED" {
		t.Errorf("the same bill under another order id: %+v", a)
	}
	if a := client.Query(context.Background(), other); a.Outcome != ums.Absent {
		t.Errorf("asked about an order id that was never executed: %+v", a)
	}
	if len(server.Ledger()) != 1 {
		t.Error("it was executed twice")
	}
}

// TestNoAnswerIsTakenForMoreThanItProves meets every fault of the sandbox with
// the real client: nothing that was executed is taken for not executed, and
// nothing that was not is taken for completed.
func TestNoAnswerIsTakenForMoreThanItProves(t *testing.T) {
	for _, fault := range sandbox.Faults() {
		t.Run(fault.Name, func(t *testing.T) {
			t.Parallel()
			server := newSandbox(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
				if r.Operation == sandbox.Completion {
					return fault
				}
				return sandbox.Fault{}
			}, KeepCalls: 10})
			client := newClient(t, server.URL, func(c *ums.Config) { c.Timeout = time.Second })
			a := client.Complete(context.Background(), sample)
			executed := len(server.Ledger()) > 0
			if calls := len(server.Calls()); calls != 1 {
				t.Errorf("one send, and %d calls at the gateway", calls)
			}
			switch a.Outcome {
			case ums.NotExecuted, ums.Declined:
				if executed || fault.Executes == sandbox.Late {
					t.Errorf("it was or will be executed, and the answer is %v (%s)", a.Outcome, a.Code)
				}
			case ums.Completed:
				if !executed && fault.Reply != sandbox.Honest && fault.Reply != sandbox.NoSettleDate {
					t.Errorf("it was not executed, and the answer is completed")
				}
			case ums.Unknown:
				if q := client.Query(context.Background(), sample); executed != (q.Outcome == ums.Completed) {
					t.Errorf("executed: %v; the query says %v (%s)", executed, q.Outcome, q.Code)
				}
			default:
				t.Errorf("%v is no outcome of a send", a.Outcome)
			}
		})
	}
}

func TestAnUnreachableGatewayWasNeverSentAnything(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if a := newClient(t, url, nil).Complete(context.Background(), sample); a.Outcome != ums.NotExecuted || a.Code != ums.CodeNeverSent {
		t.Errorf("%+v", a)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var calls atomic.Int32
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			http.Redirect(w, r, r.URL.Path, status)
		}))
		a := newClient(t, server.URL, nil).Complete(context.Background(), sample)
		server.Close()
		if calls.Load() != 1 || a.Outcome != ums.Unknown {
			t.Errorf("%d: %d calls, %+v", status, calls.Load(), a)
		}
	}
}

func TestABadKeyStopsEveryRow(t *testing.T) {
	server := newSandbox(t, sandbox.Options{})
	client := newClient(t, server.URL, func(c *ums.Config) { c.AppKey = ums.NewSecret("wrong") })
	if a := client.Complete(context.Background(), sample); a.Outcome != ums.NotExecuted || a.Scope != ums.ThisClient {
		t.Errorf("%+v", a)
	}
}

func TestOneTokenIsSharedByAllWorkersAndRefreshedOnce(t *testing.T) {
	var tokens atomic.Int32
	server := newSandbox(t, sandbox.Options{Behaviour: func(r sandbox.Request) sandbox.Fault {
		if r.Operation == sandbox.Token {
			tokens.Add(1)
		}
		return sandbox.Fault{}
	}})
	client := newClient(t, server.URL, func(c *ums.Config) { c.Auth = ums.Token })
	all := func() (expired int32) {
		var n atomic.Int32
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				switch a := client.Query(context.Background(), sample); {
				case a.Outcome == ums.Absent:
				case a.Code == ums.CodeTokenExpired && a.Scope == ums.ThisRow:
					n.Add(1)
				default:
					t.Errorf("%+v", a)
				}
			})
		}
		group.Wait()
		return n.Load()
	}
	if all() != 0 || tokens.Load() != 1 {
		t.Errorf("%d tokens for 16 workers", tokens.Load())
	}
	server.RevokeTokens()
	all()
	if all() != 0 || tokens.Load() != 2 {
		t.Errorf("%d tokens after one was refused", tokens.Load())
	}
}
