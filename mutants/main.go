// Command mutants plants defects, one at a time, and runs the tests: each must be
// caught by one. It proves that the tests of the promises can fail.
//
// Nothing in the source tree is changed: the compiler is given the altered file
// in place of the real one (go test -overlay), which is also why several can be
// tried at a time (-jobs). With arguments, only defects in files, or of names, that
// contain one of them are planted.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// mutant is one planted defect: in file, old, which stands there once, becomes
// replacement, and the tests of the packages must fail.
type mutant struct {
	name, file, old, replacement string
	packages                     []string
}

var mutants = []mutant{
	{"an unknown code is taken for declined", "internal/ums/classify.go", "case !known:\n\t\treturn", "case !known:\n\t\ta.Outcome = Declined\n\t\treturn", []string{"internal/ums"}},
	{"a timeout is taken for never sent", "internal/ums/classify.go", "a.Code = CodeTimeout", "a.Code, a.Outcome = CodeTimeout, NotExecuted", []string{"internal/ums"}},
	{"a cut connection is taken for never sent", "internal/ums/classify.go", "a.Code = CodeBroken", "a.Code, a.Outcome = CodeBroken, NotExecuted", []string{"internal/ums"}},
	{"HTTP 500 is believed", "internal/ums/classify.go", "case status >= 500 || ", "case ", []string{"internal/ums"}},
	{"another order id is ours", "internal/ums/classify.go", "case !ourBill || p.MerOrderID != c.AuthedOrderID:", "case !ourBill:", []string{"internal/ums"}},
	{"another bill is ours", "internal/ums/classify.go", "ourBill := ", "ourBill := true || ", []string{"internal/ums"}},
	{"another amount agrees", "internal/ums/classify.go", "return ok && discount > 0", "return ok || discount > 0", []string{"internal/ums"}},
	{"a query that was not sent is an absence", "internal/ums/classify.go", "if x.query {\n\t\ta.Outcome = Unknown\n\t}", "", []string{"internal/ums"}},
	{"a key may stand twice in a plain reply", "internal/ums/quick.go", "q.odd = q.odd || len(other) == len(key)", "q.odd = q.odd || len(other) > 99 && len(other) == len(key)", []string{"internal/ums"}},
	{"a key may stand twice in a reply", "internal/ums/wire.go", "!ok || seen[key]", "!ok", []string{"internal/ums"}},
	{"redirects are followed", "internal/ums/client.go", "return http.ErrUseLastResponse", "return nil", []string{"internal/ums"}},
	{"the limiter has no gate at the wire", "internal/ums/limiter.go", "time.Sleep(l.nthLast(at) + window - l.now().Sub(l.began))", "", []string{"internal/ums"}},
	{"a pause lets the rest of a share pass", "internal/ums/limiter.go", " || l.pausing.After(l.moment.at)", "", []string{"internal/ums"}},
	{"what is left of a share is saved up", "internal/ums/limiter.go", " || !now.Before(l.next)", "", []string{"internal/ums"}},
	{"a share is twice what it should be", "internal/ums/limiter.go", "share(l.pace, moments, l.nth)", "2*share(l.pace, moments, l.nth)", []string{"internal/ums"}},
	{"a share is what its moment has rounded down, and the rest is lost", "internal/ums/limiter.go", "(nth+1)*turns/moments - nth*turns/moments", "turns / moments", []string{"internal/ums"}},
	{"all moments of a cycle have the share of the first", "internal/ums/limiter.go", "(l.nth + 1) % moments", "0", []string{"internal/ums"}},
	{"turns come faster than the ceiling lets go", "internal/ums/limiter.go", "Add(cycle /", "Add(cycle * 9 / 10 /", []string{"internal/ums"}},
	{"a result may be under any order id", "internal/checkpoint/schema/001.sql", "AND order_id = new.order_id AND\n  state = new.from_state", "AND\n  state = new.from_state", []string{"internal/checkpoint"}},
	{"a bill with a payment gets another order id", "internal/checkpoint/schema/001.sql", " AND\n  NOT EXISTS (SELECT 1 FROM result WHERE row_id = new.row_id))", ")", []string{"internal/checkpoint"}},
	{"a gateway that throttles is asked in bunches as before", "internal/ums/limiter.go", "\tl.evenly = true\n", "", []string{"internal/ums"}},
	{"throttling is not heard", "internal/ums/limiter.go", "l.pace = max(1, l.pace/2)", "", []string{"internal/ums"}},
	{"what is not understood is sent again", "internal/batch/decide.go", "\t\treturn Pending\n\t}\n\treturn Unknown\n}", "\t\treturn Pending\n\t}\n\treturn Pending\n}", []string{"internal/batch"}},
	{"an absence counts at once", "internal/batch/decide.go", "case now.Sub(row.SentAt) < window:", "case false:", []string{"internal/batch"}},
	{"one absence proves", "internal/batch/decide.go", "case row.AbsentAt.IsZero() || row.AbsentAt.Before(row.SentAt):", "case false:", []string{"internal/batch"}},
	{"the order id forgets the generation", "internal/batch/orderid.go", "strconv.AppendInt(text, int64(generation), 10)", "text", []string{"internal/batch"}},
	{"an order id loses its zeros", "internal/batch/orderid.go", "unit > 0; unit /= 10", "unit > 0 && unit <= n; unit /= 10", []string{"internal/batch"}},
	{"the order id forgets the date", "internal/batch/orderid.go", "id.MID, id.BillDate, id.BillNo} {", "id.MID, id.BillNo} {", []string{"internal/batch"}},
	{"a refusal frees its place before it was judged", "internal/batch/work.go", "if to == Completed {", "if to != \"\" {", []string{"internal/batch"}},
	{"more requests are in flight than workers", "internal/batch/runner.go", "slots := make(chan struct{}, max(1, r.Workers))", "slots := make(chan struct{}, 2*max(1, r.Workers))", []string{"internal/batch"}},
	{"a refused client goes on", "internal/batch/brake.go", "\t\treturn ByClient\n", "\t\treturn NotStopped\n", []string{"internal/batch"}},
	{"what the journal forgot is sent again", "internal/batch/load.go", "if d.Send {\n\t\tif _, err := d.Journal.Suspect", "if false {\n\t\tif _, err := d.Journal.Suspect", []string{"internal/batch"}},
	{"later generations are not asked about", "internal/batch/work.go", "next <= laterGenerations", "next <= 0", []string{"internal/batch"}},
	{"an absence counts whatever the clocks say", "internal/batch/decide.go", "now.Sub(a.GatewayTime).Abs() > clockTolerance", "false", []string{"internal/batch"}},
	{"a restored checkpoint is trusted", "internal/checkpoint/anchor.go", "now.Intents < then.Intents", "false", []string{"internal/checkpoint"}},
	{"the anchor comes after the intent", "internal/checkpoint/writer.go", "err = w.moor()", "", []string{"internal/checkpoint"}},
	{"an event is not chained", "internal/checkpoint/journal.go", "chain = CASE WHEN chain = ?3 THEN ?4 ELSE link(chain, ?5) END", "chain = CASE WHEN chain = ?3 THEN ?4 ELSE coalesce(chain, ?5) END", []string{"internal/checkpoint"}},
	{"a foreseen event is not chained", "internal/checkpoint/journal.go", "CASE WHEN chain = ?10 THEN ?11", "CASE WHEN chain = ?10 THEN coalesce(chain, ?11)", []string{"internal/checkpoint"}},
	{"no intent is foreseen", "internal/checkpoint/journal.go", "if row.Attempts == 0 {", "if row.Attempts < 0 {", []string{"internal/checkpoint"}},
	{"a row is under way for ever", "internal/checkpoint/foresee.go", "u.hashes.LoadAndDelete(id)", "u.hashes.Load(id)", []string{"internal/checkpoint"}},
	{"a foreseen intent does not compare", "internal/checkpoint/journal.go", "CASE WHEN chain = ?3 THEN", "CASE WHEN ?3 IS NOT NULL THEN", []string{"internal/checkpoint"}},
	{"a foreseen outcome does not compare", "internal/checkpoint/journal.go", "CASE WHEN chain = ?10 THEN", "CASE WHEN ?10 IS NOT NULL THEN", []string{"internal/checkpoint"}},
	{"an edited bill passes for the same", "internal/batch/again.go", "same := ", "same := true || ", []string{"internal/checkpoint"}},
	{"an edited bill replaces one that was sent", "internal/batch/again.go", "case earlier.Attempts == 0 && earlier.State == Pending:", "case true:", []string{"internal/checkpoint"}},
	{"rescue makes rows pending", "internal/checkpoint/journal.go", "SET state = 'unknown', absent_at = 0", "SET state = 'pending', absent_at = 0", []string{"internal/checkpoint"}},
	{"an intent does not compare", "internal/checkpoint/schema/001.sql", " AND p.state = 'pending' AND p.attempts = new.n - 1 AND p.order_id = new.order_id AND r.entry", " AND r.entry", []string{"internal/checkpoint"}},
	{"a retry keeps the order id", "internal/checkpoint/journal.go", "order_id = ?4, sends = 0", "order_id = coalesce(order_id, ?4), sends = 0", []string{"internal/checkpoint"}},
	{"commits are not flushed", "internal/checkpoint/open.go", "_synchronous=FULL", "_synchronous=NORMAL", []string{"internal/checkpoint"}},
	{"a result is written whatever state its row is in", "internal/checkpoint/schema/001.sql", "state = new.from_state AND (state", "(state", []string{"internal/checkpoint"}},
	{"a settle date that came later stands before its completion", "internal/checkpoint/read.go", "2 * (from_state = 'completed') AS part", "0 AS part", []string{"internal/checkpoint"}},
	{"a bill under another's order id is pending, being one of many", "internal/checkpoint/claim.go", "err != nil || bills == claimed {", "err != nil || bills >= claimed {", []string{"internal/checkpoint"}},
	{"nobody is told that a bill's order id is another's", "internal/checkpoint/claim.go", "if tell != nil {", "if false {", []string{"internal/checkpoint"}},
	{"a bill whose order id is another's is counted still", "internal/checkpoint/claim.go", "seen.Withdrawn = row.Amount", "seen.Withdrawn = 0", []string{"internal/checkpoint"}},
	{"the later of two bills has their order id", "internal/checkpoint/claim.go", "ORDER BY order_id, row_id`", "ORDER BY order_id, row_id DESC`", []string{"internal/checkpoint"}},
	{"a bill that was replaced keeps its order id", "internal/checkpoint/import.go", "row.OrderID, row.ID)\n\t}\n\treturn err", "row.OrderID, 0)\n\t}\n\treturn err", []string{"internal/checkpoint"}},
	{"bills that were added alone have no order ids", "internal/checkpoint/import.go", "err := i.claim(nil)", "err := error(nil)", []string{"internal/checkpoint"}},
	{"an import's order ids are sorted all at once", "internal/checkpoint/together.go", "if i.next-i.claimed > i.unclaimed {", "if false {", []string{"internal/checkpoint"}},
	{"the database lets a bill be sent under another's order id", "internal/checkpoint/schema/001.sql", "r.entry = 'bill' AND c.row_id = p.row_id)", "r.entry = 'bill')", []string{"internal/checkpoint"}},
	{"the database lets a row be sent that is no bill", "internal/checkpoint/schema/001.sql", "r.entry = 'bill' AND c.row_id = p.row_id)", "c.row_id = p.row_id)", []string{"internal/checkpoint"}},
	{"the database lets a bill be asked about under another's order id", "internal/checkpoint/schema/001.sql", "r.entry = 'bill' AND c.order_id = new.order_id)", "r.entry = 'bill')", []string{"internal/checkpoint"}},
	{"the database lets a bill lose its progress", "internal/checkpoint/schema/001.sql", " OR EXISTS (SELECT 1 FROM row WHERE id = old.row_id AND entry = 'bill')", "", []string{"internal/checkpoint"}},
	{"the database lets a bill be completed without a result", "internal/checkpoint/schema/001.sql", "VIRTUAL REFERENCES result(row_id)", "VIRTUAL", []string{"internal/checkpoint"}},
	{"the database lets a bill be declined without a reply", "internal/checkpoint/schema/001.sql", "  FOREIGN KEY (row_id, answered) REFERENCES answer(row_id, n)", "  CHECK (answered = 1 OR answered IS NULL)", []string{"internal/checkpoint"}},
	{"an attempt that is refused for its order id is taken for a row that has moved", "internal/checkpoint/journal.go", "raised(err) && err.Error() == notPending", "raised(err)", []string{"internal/checkpoint"}},
	{"the database lets a retry take another bill's order id", "internal/checkpoint/schema/001.sql", "  EXISTS (SELECT 1 FROM claim WHERE order_id = new.order_id AND row_id = new.row_id) AND\n", "", []string{"internal/checkpoint"}},
	{"an import's log is left to the first rows that are sent", "internal/checkpoint/open.go", "`PRAGMA wal_checkpoint(PASSIVE)`", "`PRAGMA user_version`", []string{"internal/checkpoint"}},
	{"bills that are taken in together are not counted", "internal/checkpoint/together.go", "\t\ti.count(&entries[n])\n", "\t\t_ = n\n", []string{"internal/checkpoint"}},
	{"a bill that two rows disagree about is sent, being one of many", "internal/checkpoint/together.go", " || i.conflicting[e.Bill.Identity()] != 0 {", " {", []string{"internal/checkpoint"}},
	{"an import goes on without end", "internal/checkpoint/together.go", "if err := i.ctx.Err(); err != nil || len(entries)", "if err := error(nil); err != nil || len(entries)", []string{"internal/checkpoint"}},
	{"a check takes bills for new that another checkpoint has", "internal/checkpoint/together.go", " || i.options.Prior != nil {", " {", []string{"internal/checkpoint"}},
	{"a bill that is there already ends the import", "internal/checkpoint/together.go", "if refused(err) { // and nothing was written", "if false {", []string{"internal/checkpoint"}},
	{"who completed a bill changes along with its date", "internal/checkpoint/schema/001.sql", "new.http_status, new.actor,", "new.http_status, old.actor,", []string{"internal/checkpoint"}},
	{"a request counts before it has left", "internal/ums/client.go", "\t\t\twhenWritten(got.Conn, written)\n", "\t\t\twritten()\n", []string{"internal/ums"}},
	{"under TLS a request counts only when it is answered", "internal/ums/sent.go", "conn = c.NetConn()", "return", []string{"internal/ums"}},
	{"no lock is taken", "internal/checkpoint/open.go", "} else if !held {", "} else if false && !held {", []string{"internal/checkpoint"}},
	{"a failed disk is written on", "internal/checkpoint/writer.go", "if w.broken != nil {", "if false {", []string{"internal/checkpoint"}},
	{"the database lets a completed bill go", "internal/checkpoint/schema/001.sql", "('retry', 'declined', 'pending');", "('retry', 'declined', 'pending'), ('retry', 'completed', 'pending');", []string{"internal/checkpoint"}},
	{"fractions of a fen are dropped", "internal/money/fen.go", "if len(fraction) > scale {", "if fraction = fraction[:min(len(fraction), scale)]; false {", []string{"internal/money", "internal/intake"}},
	{"a text becomes a formula", "internal/sheet/defuse.go", `return "'" + s`, "return s", []string{"internal/sheet"}},
	{"wide signs are taken for harmless", "internal/sheet/defuse.go", `"=+-@＝＋－＠﹢﹣﹦﹫"`, `"=+-@"`, []string{"internal/sheet"}},
	{"a formula may stand behind blanks", "internal/sheet/defuse.go", "strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })", "s; _ = unicode.IsSpace", []string{"internal/sheet"}},
	{"a terminal is sent control characters", "internal/sheet/defuse.go", "s = visible(s)", "", []string{"internal/sheet"}},
	{"a sheet's name ends in the middle of a reference", "internal/sheet/book.go", "strings.ContainsRune(`'!:", "strings.ContainsRune(`:", []string{"internal/sheet"}},
	{"a link is written over", "internal/sheet/write.go", "if !info.Mode().IsRegular() {", "if info.Mode().IsDir() {", []string{"internal/sheet"}},
	{"another's file is overwritten", "internal/sheet/write.go", "if !ours(f) {", "if false {", []string{"internal/sheet"}},
	{"results that somebody saved are overwritten", "internal/sheet/write.go", "return err == nil && known(", "return err == nil || known(", []string{"cmd/batchcomplete"}},
	{"a disk that is full goes unnoticed", "internal/sheet/zip.go", "packing.Wait(); err == nil {", "packing.Wait(); false {", []string{"internal/sheet"}},
	{"a template passes for results", "internal/sheet/ours.go", `b.properties("")`, "b.properties(bookMark)", []string{"internal/sheet"}},
	{"--out overwrites an input", "cmd/batchcomplete/results.go", "os.SameFile(there, info)", "false && os.SameFile(there, info)", []string{"cmd/batchcomplete"}},
	{"an --out that cannot be written is found out at the end", "cmd/batchcomplete/results.go", "func resultsWritable(path string) error { return sheet.Writable(path, csvMarks()) }", "func resultsWritable(string) error { return nil }", []string{"cmd/batchcomplete"}},
	{"the last rows of a file are lost", "internal/ahead/ahead.go", "_ = f.hand()", "_ = f.hand", []string{"internal/ahead"}},
	{"a file that is refused at its end is taken in", "internal/ahead/ahead.go", "if failed != nil {", "if false {", []string{"internal/ahead"}},
	{"a secret is a text that panics print", "internal/ums/secret.go", "func (Secret) String() string { return redacted }", "func (s Secret) String() string { return s.Reveal() }", []string{"internal/ums"}},
	{"a secret is encoded as it is", "internal/ums/secret.go", "return []byte(redacted), nil", "return []byte(s.Reveal()), nil", []string{"internal/ums"}},
	{"certificates are not verified", "internal/ums/client.go", "MinVersion: tls.VersionTLS12,", "MinVersion: tls.VersionTLS12, InsecureSkipVerify: true,", []string{"internal/ums"}},
	{"TLS 1.1 is spoken", "internal/ums/client.go", "MinVersion: tls.VersionTLS12,", "MinVersion: tls.VersionTLS10,", []string{"internal/ums"}},
	{"a proxy is taken from the environment", "internal/ums/client.go", "DialContext:            wired(dial),", "DialContext: wired(dial), Proxy: http.ProxyFromEnvironment,", []string{"internal/ums"}},
	{"headers have no bound", "internal/ums/client.go", "MaxResponseHeaderBytes: 64 << 10,", "MaxResponseHeaderBytes: 64 << 20,", []string{"internal/ums"}},
	{"a reply may be packed", "internal/ums/client.go", "DisableCompression:     true,", "", []string{"internal/ums"}},
	{"a reply has no bound", "internal/ums/client.go", "io.LimitReader(r, maxReply+1)", "io.LimitReader(r, maxReply<<10)", []string{"internal/ums"}},
	{"any host will do", "internal/ums/address.go", "\tcase c.Elsewhere:", "\tcase true:", []string{"internal/ums"}},
	{"production is spoken to without TLS", "internal/ums/address.go", `case c.Production && u.Scheme != "https":`, "case false:", []string{"internal/ums"}},
	{"production is spoken to at the test host", "internal/ums/address.go", "case c.Production && host == Hosts[1]:", "case false:", []string{"internal/ums"}},
	{"another production host is passed over in silence", "cmd/batchcomplete/gateway.go", "if config.Production && config.Elsewhere {", "if false {", []string{"cmd/batchcomplete"}},
	{"a test address stands for production's", "cmd/batchcomplete/gateway.go", "if baseURL != \"\" && env != envTest {", "if false {", []string{"cmd/batchcomplete"}},
	{"a name for loopback is believed", "internal/ums/address.go", "if plain {", "if false {", []string{"internal/ums"}},
	{"a host may end in a dot", "internal/ums/address.go", `!strings.HasSuffix(host, ".") &&`, "true &&", []string{"internal/ums"}},
	{"an address may carry a password", "internal/ums/address.go", "u.User != nil || ", "", []string{"internal/ums"}},
	{"the gateway's words repeat a code", "internal/ums/classify.go", "r.hide(x.asked.AuthIDRespCd)", "", []string{"internal/ums"}},
	{"a chat service's words repeat its address", "internal/notify/message.go", "hide(a.ErrMsg+a.Msg, address)", "a.ErrMsg+a.Msg", []string{"internal/notify"}},
	{"a message repeats what others wrote", "internal/lang/lang.go", "visible(args)...", "args...", []string{"internal/lang"}},
	{"directions are turned around", "internal/lang/visible.go", "unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)", "unicode.In(r, unicode.Zl, unicode.Zp)", []string{"internal/lang", "internal/cli"}},
	{"a line of a log has no bound", "internal/lang/visible.go", "maxArgument = 2000", "maxArgument = 2000000", []string{"internal/cli"}},
	{"a structure is logged as it is", "internal/cli/log.go", "OneLine(fmt.Sprint(a.Value.Any()))", "fmt.Sprint(a.Value.Any())", []string{"internal/cli"}},
	{"an error passes for another", "internal/cli/exit.go", `"\n", "\n    "`, `"\n", "\n"`, []string{"internal/cli"}},
	{"JSON is printed as it is", "internal/cli/printable.go", `case lang.Safe(r) || `, "case r > ' ' || ", []string{"internal/cli"}},
	{"another checkpoint's log is written into this one", "internal/checkpoint/genuine.go", "case nowID != id:", "case false && nowID != id:", []string{"internal/checkpoint"}},
	{"an older log is written into a later file", "internal/checkpoint/genuine.go", "case nowWritten < written:", "case false && nowWritten < written:", []string{"internal/checkpoint"}},
	{"a log need not show whose it is", "internal/checkpoint/writer.go", "return w.st.touch.run()", "return nil", []string{"internal/checkpoint"}},
	{"what is refused is opened for writing", "internal/checkpoint/genuine.go", `look(path, "mode=ro")`, `connect(path, 1)`, []string{"internal/checkpoint"}},
	{"changed rules are not noticed", "internal/checkpoint/open.go", "return untampered(ctx, pool)", "return nil", []string{"internal/checkpoint"}},
	{"a schema in the file is trusted", "internal/checkpoint/chain.go", "return distrustful(c)", "return nil", []string{"internal/checkpoint"}},
	{"the lock may be a link", "internal/checkpoint/tamper.go", "case !info.Mode().IsRegular():", "case info.IsDir():", []string{"internal/checkpoint"}},
	{"a production checkpoint stands anywhere", "cmd/batchcomplete/errors.go", "if env != envProd {", "if true {", []string{"cmd/batchcomplete"}},
	{"a key that others can read is used", "internal/cli/private.go", "case info.Mode().Perm()&mask != 0:", "case false:", []string{"internal/cli", "cmd/batchcomplete"}},
	{"a key of another user's is used", "internal/cli/private.go", "case !ours(info):", "case false:", []string{"internal/cli"}},
	{"a key behind a link is used", "internal/cli/private_unix.go", "syscall.O_NOFOLLOW|", "", []string{"internal/cli"}},
	{"a key in a folder of others' is used", "internal/cli/private.go", "if open && ", "if open && false && ", []string{"internal/cli"}},
	{"a key has two lines", "cmd/batchcomplete/credentials.go", "if c <= ' ' || c > '~' {", "if c > '~' {", []string{"cmd/batchcomplete"}},
	{"children inherit the key", "internal/cli/world.go", "_ = os.Unsetenv(name)", "", []string{"internal/cli"}},
	{"a core file is written", "internal/cli/harden_linux.go", "_ = syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{})", "", []string{"internal/cli"}},
	{"text that reads in two ways is taken for one of them", "internal/sheet/encoding.go", "if c.short && !c.long {", "if false {", []string{"internal/intake"}},
	{"Chinese in UTF-8 is taken for short", "internal/sheet/encoding.go", "text[i] >= 0xE0", "text[i] >= 0xF8", []string{"internal/intake"}},
	{"macros are passed over in silence", "internal/sheet/xlsx.go", "case macroKinds[path.Base(r.kind)]:", "case false:", []string{"internal/intake"}},
	{"a part's checksum is not compared", "internal/sheet/xlsx.go", "\t\tif errors.Is(err, io.EOF) {\n\t\t\t_, err = io.Copy(io.Discard, r)", "\t\tif err != nil && !errors.As(err, new(*xml.SyntaxError)) && !errors.Is(err, io.ErrUnexpectedEOF) {\n\t\t\treturn nil\n\t\t\t_, err = io.Copy(io.Discard, r)", []string{"internal/sheet"}},
	{"an --out that is a file takes any batch's results", "cmd/batchcomplete/results.go", "case j.outIsFile() && b.ID == j.named:", "case j.outIsFile():", []string{"cmd/batchcomplete"}},
	{"an --out that somebody saved by another program stops a run", "cmd/batchcomplete/results.go", "dbErr != nil || len(ours) == 0 {", "dbErr != nil || len(ours) >= 0 {", []string{"cmd/batchcomplete"}},
	{"check refuses the change that run accepts", "internal/checkpoint/import.go", "owner != nil && (owner.Batch != instead.Batch || owner.Line != instead.Line):", "owner != nil:", []string{"cmd/batchcomplete"}},
	{"an accepted change counts as new", "cmd/batchcomplete/sightings.go", "case seen.Replaces:", "case false:", []string{"cmd/batchcomplete"}},
	{"numbers are rounded to twelve digits", "internal/sheet/decimal.go", "const precision = 15", "const precision = 12", []string{"internal/intake"}},
	{"what is spilled keeps its name", "internal/sheet/spill.go", "_ = os.Remove(filepath.Join(s.dir, file.Name()))", "_ = filepath.Join(s.dir, file.Name())", []string{"internal/sheet"}},
	{"a marked copy has macros under a name that has none", "internal/sheet/workingcopy.go", "if x.macros {", "if false {", []string{"internal/sheet"}},
	{"characters that mean nothing elsewhere are sent", "internal/intake/values.go", "if unsendable(c) {", "if unsendable(c) && false {", []string{"internal/intake"}},
	{"every row has the day of the one before", "internal/intake/values.go", "if s != r.written || r.day == \"\" {", "if r.day == \"\" {", []string{"internal/intake"}},
	{"a date that is wrong is wrong once", "internal/intake/values.go", "if s != r.written || r.day == \"\" {", "if s != r.written {", []string{"internal/intake"}},
	{"a problem does not say which sheet", "cmd/batchcomplete/import.go", `where = p.Sheet + "!" + p.Cell`, "where = p.Cell", []string{"cmd/batchcomplete"}},
	{"a list in a field is taken for columns", "internal/sheet/csv.go", "agree > most || agree == most && count > columns", "count > columns || count == columns && agree > most", []string{"internal/intake"}},
	{"zeros among other signs are padded", "internal/intake/values.go", "strings.Trim(c.Format, \"0\") != \"\" ||", "", []string{"internal/intake"}},
	{"seconds are cut off", "internal/sheet/styles.go", "(parts*86_400 + unit/2) / unit", "parts * 86_400 / unit", []string{"internal/intake"}},
	{"a comment does not say how to mend", "cmd/batchcomplete/annotate.go", `what + "\n" + mend`, "what", []string{"cmd/batchcomplete"}},
	{"a shared text may have a negative index", "internal/sheet/cell.go", "err != nil || i < 0 || i >=", "err != nil || i >=", []string{"internal/sheet"}},
	{"rows may come in any order", "internal/sheet/scan.go", "err != nil || n <= s.last {", "err != nil {", []string{"internal/sheet"}},
	{"a number may be an identifier", "internal/intake/values.go", "case c.Kind == sheet.Number || c.Kind == sheet.Date:", "case false:", []string{"internal/intake"}},
	{"hidden decimals are paid", "internal/intake/amount.go", "case d.decimals >= 0 && len(fraction) > d.decimals:", "case d.decimals >= 99 && len(fraction) > d.decimals:", []string{"internal/intake"}},
	{"a total that does not agree is passed over", "internal/intake/closing.go", "if total != p.report.Total && ", "if false && ", []string{"internal/intake"}},
	{"a part may have a document type", "internal/sheet/xml.go", "case xml.Directive:", "case xml.ProcInst:", []string{"internal/sheet"}},
	{"a token may be as long as it likes", "internal/sheet/xml.go", "s.fed > maxToken {", "s.fed > maxUnzip {", []string{"internal/sheet"}},
	{"a zip may be packed as tightly as it likes", "internal/sheet/meter.go", "return unpacked > manyBytes && ", "return false && ", []string{"internal/sheet"}},
	{"a part may be packed as tightly as it likes behind one that is not", "internal/sheet/xml.go", "return s.meter.addBytes(n)", "return nil", []string{"internal/sheet"}},
	{"cells may be packed as tightly as they like", "internal/sheet/xml.go", "p.in.meter.addTokens(1)", "error(nil)", []string{"internal/sheet"}},
	{"a shared text is handed out without end", "internal/sheet/cell.go", "s.meter.addShared(len(shared))", "nil", []string{"internal/sheet"}},
	{"what was packed badly before excuses a bomb", "internal/sheet/meter.go", "\t*s = stretch{from: m.packed.read}\n", "\ts.come -= many\n", []string{"internal/sheet"}},
	{"shared texts have no bound", "internal/sheet/shared.go", "t.bytes > maxSharedLen || t.count >= maxShared {", "t.bytes < 0 {", []string{"internal/sheet"}},
	{"a part's name leads out of the file", "internal/sheet/container.go", `strings.Contains("/"+name+"/", "/../")`, "false", []string{"internal/sheet"}},
	{"elements are nested without end", "internal/sheet/xml.go", "p.depth > maxDepth {", "false {", []string{"internal/sheet"}},
	{"a zip's directory is as long as it likes", "internal/sheet/container.go", "t.left -= len(p); t.left < 0 {", "t.left -= 0; t.left < 0 {", []string{"internal/sheet"}},
	{"what is too long to be right fills the checkpoint", "internal/intake/read.go", "\t\tbill = briefly(bill)\n", "\t\t_ = briefly\n", []string{"internal/intake"}},
	{"a file's problems are listed without end", "cmd/batchcomplete/import.go", "if len(in.problems) == maxProblems {", "if false {", []string{"cmd/batchcomplete"}},
	{"a configuration with a password is read by all", "internal/cli/file.go", "len(secrets) > 0 && othersRead(info)", "len(secrets) > 0 && false", []string{"internal/cli"}},
	{"a configuration with a password is another user's", "internal/cli/filemode.go", "return !ours(info) || ", "return ", []string{"internal/cli"}},
	{"a configuration with a password is any group's", "internal/cli/filemode.go", "mode&0o040 != 0 && !roots(info)", "false", []string{"internal/cli"}},
	{"a configuration is written by all", "internal/cli/filemode.go", "modesMean && info.Mode().Perm()&0o022 != 0", "false", []string{"internal/cli"}},
	{"children inherit a proxy's password", "internal/cli/world.go", "names = append(names, variable(flag))", "_ = variable(flag)", []string{"internal/cli"}},
	{"a debugger of the same user may attach", "internal/cli/harden_linux.go", "syscall.PR_SET_DUMPABLE, 0, 0)", "syscall.PR_SET_DUMPABLE, 1, 0)", []string{"internal/cli"}},
	{"a proxy reads what goes without TLS", "internal/ums/proxy.go", `if r.URL.Scheme != "https" {`, "if false {", []string{"internal/ums"}},
	{"a proxy's own words are repeated", "internal/ums/proxy.go", "answer.StatusCode, http.StatusText(answer.StatusCode))", "answer.StatusCode, answer.Status)", []string{"internal/ums"}},
	{"a reply is nested without end", "internal/ums/wire.go", "err != nil || depth >= maxDepth {", "err != nil {", []string{"internal/ums"}},
	{"a row stands below the last of a sheet", "internal/sheet/scan.go", "if row.Number > maxRows {", "if false {", []string{"internal/sheet"}},
	{"a relation leads out of the file", "internal/sheet/xlsx.go", ` && attr(e, "TargetMode") != "External"`, "", []string{"internal/sheet"}},
	{"a proxy's address may be anything", "internal/ums/proxy.go", `err != nil || u.Scheme != "http" && u.Scheme != "https" || `, "err != nil || ", []string{"internal/ums"}},
	{"a proxy's words are repeated", "internal/ums/proxy.go", "if err == nil || proxy == nil || proxy.User == nil {", "if true {", []string{"internal/ums"}},
	{"a proxy's password is on the command line", "cmd/batchcomplete/gateway.go", `a.set.Origin("proxy") == "flag" && `, "false && ", []string{"cmd/batchcomplete"}},
	{"a workbook from 1904 is read as from 1900", "internal/sheet/styles.go", "days += days1904", "days += 0", []string{"internal/intake"}},
	{"a linked formula is believed", "internal/intake/values.go", "case c.Linked:", "case false:", []string{"internal/intake"}},
	{"a shifted row is read", "internal/intake/read.go", "if row.Exact && p.shifted(row) {", "if false {", []string{"internal/intake"}},
	{"a number slides into the amount of a short row", "internal/intake/read.go", "len(row.Cells) < len(h.Headings) && p.numbered", "false", []string{"internal/intake"}},
	{"thousands are paid as units", "internal/intake/amount.go", "case d.scaled:", "case false:", []string{"internal/intake"}},
	{"dollars are paid as yuan", "internal/intake/amount.go", "case d.foreign, ", "case ", []string{"internal/intake"}},
	{"card numbers are taken in", "internal/intake/card.go", "w.cards++\n", "", []string{"internal/intake"}},
	{"a card number beside the table is repeated", "internal/intake/read.go", "withoutCard(brief(row.Cells[i].Text))", "brief(row.Cells[i].Text)", []string{"internal/intake"}},
	{"a card number in a wrong cell is repeated", "internal/intake/values.go", "card && !exempt[f]", "card && false", []string{"internal/intake"}},
	{"the unit above the header is passed over", "internal/intake/header.go", "if h.stated != \"\" && ", "if false && ", []string{"internal/intake"}},
	{"results of the sandbox are taken for production's", "internal/intake/results.go", "\t\t\treturn env\n", "\t\t\treturn \"\"\n", []string{"internal/intake"}},
	{"a line may belong to two rows", "internal/recon/pair.go", "mk.line != none || line.row != none || line.place != Nowhere {", "mk.line != none {", []string{"internal/recon"}},
	{"another amount agrees with the statement", "internal/recon/consider.go", "return a-b <= tolerance && b-a <= tolerance", "return a-b <= tolerance", []string{"internal/recon"}},
	{"a refund is a completion", "internal/recon/layout.go", "case contains(l.Reversal, word), ", "case ", []string{"internal/recon"}},
	{"a statement that was cut is read", "internal/recon/statement.go", "r.announced >= 0 && r.announced != r.lines", "false", []string{"internal/recon"}},
	{"an explained break is forgotten", "internal/recon/carry.go", "b.FirstSeen, b.Explained = old.FirstSeen, old.Explained", "b.FirstSeen = old.FirstSeen", []string{"cmd/reconcile"}},
	{"the selection decides who is matched", "internal/recon/pair.go", "(mk.flags&inScope != 0 || m.selects(line))", "mk.flags&inScope != 0 && m.selects(line)", []string{"internal/recon"}},
	{"a lost row ties out", "internal/recon/tally.go", "return b.Imported == b.Counted && ", "return ", []string{"internal/recon"}},
	{"nobody waits for the intent", "internal/checkpoint/journal.go", "\terr := db.queue.submit(func(st *statements) error {\n\t\t// This is the", "\tvar err error\n\tgo db.queue.submit(func(st *statements) error {\n\t\t// This is the", []string{"internal/checkpoint"}},
	{"an intent waits for company", "internal/checkpoint/writer.go", "patient := first.patient", "patient := true", []string{"internal/checkpoint"}},
	{"an outcome waits for ever", "internal/checkpoint/writer.go", "alarm = time.After(patience)", "alarm = make(chan time.Time)", []string{"internal/checkpoint"}},
	{"an outcome that waits is lost at the end", "internal/checkpoint/writer.go", "\t\t\tif !more {\n\t\t\t\treturn group\n", "\t\t\tif !more {\n\t\t\t\treturn nil\n", []string{"internal/checkpoint"}},
	{"every outcome has a flush of its own", "internal/checkpoint/journal.go", "patient: m.Patient,", "", []string{"internal/checkpoint"}},
	{"one worker alone waits", "internal/batch/work.go", "to == Completed && r.Workers > 1", "to == Completed", []string{"internal/batch"}},
	{"a refusal waits before it is judged", "internal/batch/work.go", "to == Completed && r.Workers > 1", "r.Workers > 1", []string{"internal/batch"}},
	{"the amount is in the order id", "internal/checkpoint/import.go", "e.Bill.Identity(), 0)", "e.Bill.Identity(), int(e.Bill.Amount))", []string{"internal/checkpoint"}},
	{"the moment is in the order id", "internal/checkpoint/import.go", "e.Bill.Identity(), 0)", "e.Bill.Identity(), int(i.batch.ImportedAt.Unix()))", []string{"internal/checkpoint"}},
	{"an Idempotency-Key is sent", "internal/ums/client.go", "request.GetBody = nil", "request.Header.Set(\"Idempotency-Key\", \"once\")", []string{"internal/ums"}},
	{"HTTP/2 is spoken", "internal/ums/client.go", "TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},", "ForceAttemptHTTP2: true,", []string{"internal/ums"}},
	{"the ceiling is before the connection", "internal/ums/client.go", "\twritten := func() {} // on the wire, or not to be any more\n\tdefer func() { written() }()\n\ttrace := &httptrace.ClientTrace{\n\t\tGotConn: func(got httptrace.GotConnInfo) {\n\t\t\twritten() // of a connection that was found closed\n\t\t\tx.connected, written = true, sync.OnceFunc(c.limiter.Start())", "\tc.limiter.Start()()\n\twritten := sync.OnceFunc(func() {})\n\tdefer func() { written() }()\n\ttrace := &httptrace.ClientTrace{\n\t\tGotConn: func(got httptrace.GotConnInfo) {\n\t\t\tx.connected = true", []string{"internal/ums"}},
	{"nothing holds requests back at the wire", "internal/ums/client.go", "sync.OnceFunc(c.limiter.Start())", "sync.OnceFunc(func() {})", []string{"internal/ums"}},
	{"a request counts from the gate on, not from the wire", "internal/ums/limiter.go", "\tl.put(at, onWay)\n\treturn func() { l.put(at, l.now().Sub(l.began)) }", "\tl.put(at, l.now().Sub(l.began))\n\treturn func() {}", []string{"internal/ums"}},
	{"a missing settle date is today", "internal/ums/classify.go", "SettleDate: p.SettleDate,", "SettleDate: firstOf(p.SettleDate, time.Now().Format(time.DateOnly)),", []string{"internal/ums"}},
	{"the machine's time zone is on the wire", "internal/ums/client.go", "c.config.Now().In(beijing)", "c.config.Now()", []string{"internal/ums"}},
	{"TARGET_FAIL is taken for declined", "internal/ums/rules.go", "{Code: \"TARGET_FAIL\", IfAbsent", "{Code: \"TARGET_FAIL\", Outcome: Declined, IfAbsent", []string{"internal/ums"}},
	{"a query is sent while the completion is under way", "internal/batch/work.go", "\tanswer := r.Gateway.Complete(", "\tgo r.Gateway.Query(hard, row.Completion())\n\tanswer := r.Gateway.Complete(", []string{"internal/batch"}},
	{"a signal does not end the sending", "internal/batch/work.go", "completed func()) result {\n\tif r.Pace(drain) != nil || drain.Err() != nil {", "completed func()) result {\n\tif r.Pace(hard) != nil {", []string{"internal/batch"}},
	{"failures in a row do not stop the run", "internal/batch/brake.go", "b.failuresAllowed > 0 && b.failures", "false && b.failures", []string{"internal/batch"}},
	{"a row is sent any number of times", "internal/batch/runner.go", "const maxSends = 3", "const maxSends = 300", []string{"internal/batch"}},
	{"an early absence declines", "internal/batch/decide.go", "case now.Sub(row.SentAt) < window:", "case now.Sub(row.SentAt) < window && !ums.AbsentNeedsOneQuery(row.SendCode):", []string{"internal/batch"}},
	{"SIGPIPE kills a run", "internal/cli/signals.go", "signal.Ignore(syscall.SIGPIPE)", "_ = syscall.SIGPIPE", []string{"internal/cli"}},
	{"what somebody puts there meanwhile is overwritten", "internal/sheet/give.go", "refused := replaceable(written, path, ours)", "var refused error", []string{"internal/sheet"}},
	{"a free name is taken whoever has it by now", "internal/sheet/give.go", "err := os.Link(written, path)", "err := os.Rename(written, path)", []string{"internal/sheet"}},
	{"what cannot be put back is removed", "internal/sheet/give.go", "err != nil || !os.SameFile(mine, back)", "err != nil || false && !os.SameFile(mine, back)", []string{"internal/sheet"}},
	{"a file has its name before it is on disk", "internal/sheet/write.go", "err = flush(f)\n", "err = nil\n", []string{"internal/sheet"}},
	{"a name is not on disk when it is said", "internal/sheet/give.go", "return SyncDir(filepath.Dir(path))", "_ = filepath.Dir\n\treturn nil", []string{"internal/sheet"}},
	{"everybody may write in the results", "internal/sheet/write.go", "private fs.FileMode = 0o640", "private fs.FileMode = 0o666", []string{"internal/sheet"}},
	{"a file's name leaves the mark's quotes", "internal/sheet/mark.go", "strings.ReplaceAll(mark, `\"`, \"\")", "strings.Clone(mark)", []string{"internal/sheet"}},
	{"shapes lead elsewhere", "internal/sheet/splice.go", `[]string{"link", "macro", "textlink", "href", "althref", "src"}`, "[]string{}", []string{"internal/sheet"}},
	{"a shape of a comment is copied as it is", "internal/sheet/splice.go", ` kind == "vmlDrawing",`, "", []string{"internal/sheet"}},
	{"two relations have one id", "internal/sheet/splice.go", "odd[kind] || again", "odd[kind] || again && false", []string{"internal/sheet"}},
	{"links of another place are relations", "internal/sheet/xlsx.go", ` && attr(e, "TargetMode") != "External"`, "", []string{"internal/sheet"}},
	{"cells are marked in what is mostly empty", "internal/sheet/workingcopy.go", "area > maxRemarkedArea", "area > maxRemarkedArea<<10", []string{"internal/sheet"}},
	{"the page is not escaped", "internal/recon/html.go", `"html/template"`, `"text/template"`, []string{"internal/recon"}},
	{"the page may ask for anything", "internal/recon/page.html", "default-src 'none'; ", "default-src *; ", []string{"internal/recon"}},
	{"the page is turned around", "internal/recon/html.go", "if r == '\\n' || lang.Safe(r) {", "if true || lang.Safe(r) {", []string{"internal/recon"}},
	{"a cell mentions everybody", "internal/notify/digest.go", "case r == '@':", "case false:", []string{"internal/notify"}},
	{"a cell is a link in a chat", "internal/notify/digest.go", "addressLike.Replace(s)", "s", []string{"internal/notify"}},
	{"an error is more than its room", "internal/notify/digest.go", "plain(d.Error, 300)", "d.Error", []string{"internal/notify"}},
	{"metrics replace anything", "cmd/batchcomplete/metrics.go", "[]string{first}", "[]string{first[:0]}", []string{"cmd/batchcomplete"}},
	{"a label ends its line", "cmd/batchcomplete/metrics.go", "Replace(lang.Visible(s))", "Replace(s + lang.Visible(\"\"))", []string{"cmd/batchcomplete"}},
	{"an export takes a name that is taken", "cmd/batchcomplete/export.go", "info, err := os.Lstat(path)", "info, err := os.Stat(path)", []string{"cmd/batchcomplete"}},
	{"the sandbox listens anywhere", "internal/sandbox/server.go", "if !loopback && !o.Exposed {", "if false {", []string{"internal/sandbox"}},
	{"an exposed sandbox does not say so", "cmd/batchcomplete/small.go", "if !server.Loopback {", "if false {", []string{"cmd/batchcomplete"}},
	{"what is printed has no bound", "internal/cli/printable.go", "s, cut := lang.Cut(s, maxPrintable)", "cut := false", []string{"internal/cli"}},
	{"another program's database is used", "internal/checkpoint/open.go", "case id != applicationID:", "case false:", []string{"internal/checkpoint"}},
	{"a newer checkpoint is used", "internal/checkpoint/open.go", "case version > schemaVersion:", "case false:", []string{"internal/checkpoint"}},
	{"a checkpoint that others can read stays so", "internal/checkpoint/open.go", "info.Mode().Perm()&0o077 != 0", "info.Mode().Perm()&0o077 != 0 && false", []string{"internal/checkpoint"}},
	{"durability is taken on trust", "internal/checkpoint/open.go", "if got != want.value {", "if false {", []string{"internal/checkpoint"}},
	{"a changed row is sent", "internal/checkpoint/sound.go", `err == nil && what != ""`, `err == nil && what == "?"`, []string{"internal/checkpoint"}},
	{"a changed amount that was never sent is sent", "internal/checkpoint/sound.go", " || string(firstLink(b, is.orderID)) != string(chain):", ":", []string{"internal/checkpoint"}},
	{"a damaged index is believed", "internal/checkpoint/sound.go", "case indexed != is.state:", "case false:", []string{"internal/checkpoint"}},
	{"a changed state verifies", "internal/checkpoint/chain.go", "case is != standing{row.State, row.OrderID, row.Generation, row.Attempts}:", "case false:", []string{"internal/checkpoint"}},
	{"a run does not look whether its rows are sound", "cmd/batchcomplete/run.go", "err != nil && hard.Err() == nil", "err != nil && false", []string{"cmd/batchcomplete"}},
	{"a changed row that was declined is sent once more", "cmd/batchcomplete/retry.go", "return j.checkpointError(j.db.Path(), err)", "return nil", []string{"cmd/batchcomplete"}},
	{"a link leads to a checkpoint anywhere", "cmd/batchcomplete/errors.go", "const mostLinks = 40", "const mostLinks = 1", []string{"cmd/batchcomplete"}},
	{"results are written in place", "internal/sheet/write.go", `os.CreateTemp(filepath.Dir(path), ".writing-*")`, "os.Create(filepath.Clean(path))", []string{"internal/sheet"}},
	{"declined rows count as completed", "internal/recon/tally.go", "if row.State != batch.Completed {\n\t\treturn", "if row.State != batch.Completed && row.State != batch.Declined {\n\t\treturn", []string{"internal/recon"}},
}

func main() {
	jobs := flag.Int("jobs", runtime.NumCPU(), "how many defects are tried at a time")
	flag.Parse()
	*jobs = max(1, *jobs)
	root, err := os.Getwd()
	check(err)
	var all sync.WaitGroup
	room := make(chan struct{}, *jobs)
	var planted, survived int
	var telling sync.Mutex
	for _, m := range mutants {
		if !m.meant(flag.Args()) {
			continue
		}
		planted++
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			caught, out := m.run(root, time.Duration(*jobs)*4*time.Minute)
			telling.Lock()
			defer telling.Unlock()
			if caught {
				how := "caught  "
				if strings.Contains(out, "test timed out") { // by a defect that hangs, or on a machine that is too busy
					how = "too long"
				}
				fmt.Println(how, m.name)
				return
			}
			survived++
			fmt.Println("SURVIVED", m.name)
			fmt.Println(out)
		})
	}
	all.Wait()
	fmt.Printf("%d defects were planted, %d survived\n", planted, survived)
	if survived > 0 {
		os.Exit(1)
	}
}

// meant tells whether a defect is among those that the arguments name by their
// file or name; without arguments, all are.
func (m mutant) meant(words []string) bool {
	return len(words) == 0 || slices.ContainsFunc(words, func(word string) bool {
		return strings.Contains(m.file, word) || strings.Contains(m.name, word)
	})
}

// run plants the defect and tells whether a test failed. One that does not
// compile counts as not caught: it proves nothing.
func (m mutant) run(root string, limit time.Duration) (bool, string) {
	path := filepath.Join(root, m.file)
	text, err := os.ReadFile(path)
	check(err)
	if !strings.Contains(string(text), m.old) {
		return false, "  the file does not hold what is to be replaced"
	}
	dir, err := os.MkdirTemp("", "mutant-*")
	check(err)
	defer os.RemoveAll(dir)
	altered := filepath.Join(dir, filepath.Base(m.file))
	check(os.WriteFile(altered, []byte(strings.Replace(string(text), m.old, m.replacement, 1)), 0o600))
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: altered}})
	check(err)
	check(os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o600))
	args := []string{"test", "-count=1", "-timeout=" + limit.String(), "-overlay", filepath.Join(dir, "overlay.json")}
	for _, p := range m.packages {
		args = append(args, "./"+p)
	}
	out, err := exec.Command("go", args...).CombinedOutput()
	failed := strings.Contains(string(out), "--- FAIL") || strings.Contains(string(out), "panic:")
	return err != nil && failed, string(out)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
}
