package lang

// operateTexts: what the operator of cmd/batchcomplete reads around a run.
var operateTexts = Texts{
	"batchcomplete.plan.prod":     {"生产环境 PRODUCTION:真实扣款,appId %s", "PRODUCTION: real money moves, appId %s"},
	"batchcomplete.plan.ask.prod": {"输入 prod 才会发送:", "Type prod to send: "},
	"batchcomplete.key.practice":  {"这是演练用的 appId,不能用于生产环境", "this appId is for practice, and is not for production"},

	"cmd.approve": {"第二人复核一批,之后才可发送", "a second person releases a batch for sending"},
	"cmd.approve.long": {`配置文件写有 require_approval: true 时,run 和 retry 只发送复核过的批次,并说明哪些在等待(退出码 6)。
复核与文件的 SHA-256、行数和总额绑定,在 --valid-for 之内有效;导入者本人不能复核。谁、何时复核会记入检查点。
--expect-rows 和 --expect-total 可用来核对自己手中的数。

  batchcomplete approve bills-2026-11-23 --env prod --expect-total 12345.00`,
		`With require_approval: true in the configuration file, run and retry send only what is released, and say
what waits (exit code 6). An approval is bound to the file's SHA-256, rows and total, holds for --valid-for,
and is not given by whoever imported the batch. Who and when are kept in the checkpoint.
Hold it against your own figures with --expect-rows and --expect-total.

  batchcomplete approve bills-2026-11-23 --env prod --expect-total 12345.00`},
	"batchcomplete.approve.show":       {"环境 %s 批次 %s\n文件 %s\nSHA-256 %s\n%s 于 %s 导入;共 %d 行 ¥%s,其中待发送 %d 笔 ¥%s", "environment %s, batch %s\nfile %s\nSHA-256 %s\nimported by %s at %s; %d rows ¥%s, of which %d rows ¥%s are to be sent"},
	"batchcomplete.approve.done":       {"批次 %s 已由 %s 复核,有效至 %s", "batch %s is released by %s, until %s"},
	"batchcomplete.approve.no":         {"没有复核", "it is not released"},
	"batchcomplete.approve.nothing":    {"批次 %s 没有待发送的行", "batch %s has no pending rows"},
	"batchcomplete.approve.self":       {"%s 不能复核批次 %s:导入它的就是这个人,或不知是谁导入的", "%s may not release batch %s: it was imported by the same person, or nobody knows by whom"},
	"batchcomplete.approve.self.hint":  {"由另一人用自己的账号运行 approve(例如 sudo -u batch batchcomplete approve …,记录的是 sudo 之前的账号)", "another person runs approve under their own account (with sudo -u batch batchcomplete approve …, the account before sudo counts)"},
	"batchcomplete.approve.time":       {"复核的有效期必须大于 0", "an approval must hold for some time"},
	"batchcomplete.approve.totals":     {"批次 %s 有 %d 行 ¥%s,与给出的控制数不符;没有复核", "batch %s has %d rows ¥%s, which is not what was expected; it is not released"},
	"batchcomplete.approve.setting":    {"require_approval 的值 %q 应为 true 或 false", "require_approval is %q, and should be true or false"},
	"batchcomplete.approve.waits":      {"批次 %s 等待复核:%d 笔 ¥%s;由另一人运行 batchcomplete approve", "batch %s waits for approval: %d rows ¥%s; another person runs batchcomplete approve"},
	"batchcomplete.approve.retry":      {"所选的行都属于没有复核的批次", "the chosen rows all belong to batches that nobody has released"},
	"batchcomplete.approve.retry.hint": {"由另一人运行 batchcomplete approve", "another person runs batchcomplete approve"},
	"batchcomplete.approve.skipped":    {"略过没有复核的批次中的 %d 行", "%d rows of batches that nobody has released are passed over"},
}
