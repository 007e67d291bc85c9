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

	"cmd.export": {"为审计导出一批:输入、结果、每次发送和答复、清单", "a batch for the auditors: input, results, every attempt and answer, a manifest"},
	"cmd.export.long": {`--out 是新的文件夹:input/ 输入原件(仍与导入时相同才有)、results/ 结果表、rows.csv、attempts.jsonl(每次发送和答复,
授权码只显示前两位)、manifest.json(每个文件的 SHA-256、版本、设置、复核、检查点中各笔的哈希链)。
请把打印出来的 manifest.json 的 SHA-256 另外保存;以后用 verify 核对。输入原件含完整授权码,文件夹只有本人可读。`,
		`--out is a new folder: input/ (the file as it was, where it still is that), results/, rows.csv, attempts.jsonl
(every attempt and answer; authorisation codes masked) and manifest.json (each file's SHA-256, versions, settings,
approvals, and the hash chains of the checkpoint). Keep the SHA-256 of manifest.json, which is printed, elsewhere;
verify checks the folder later. The input has the whole authorisation codes: only you can read the folder.`},
	"cmd.verify": {"核对导出的文件夹", "check an exported folder"},
	"cmd.verify.long": {`指出哪些文件被改动、缺少或多出(退出码 3)。加 --env 或 --db 时,还重新计算检查点中这一批的哈希链。
请把打印的 SHA-256 与导出时保存的比较。`,
		`Names what is changed, missing or extra (exit code 3). With --env or --db it also recomputes the batch's hash
chains in the checkpoint. Compare the SHA-256 that it prints with the one that was kept at the export.`},
	"batchcomplete.export.out":        {"没有用 --out 指出文件夹", "the folder is not named (--out)"},
	"batchcomplete.export.there":      {"%s 已有内容,没有导出", "%s is there and not empty; nothing was exported"},
	"batchcomplete.export.there.hint": {"另指一个新的文件夹", "name a new folder"},
	"batchcomplete.export.failed":     {"导出批次 %s 出错:%v", "exporting batch %s: %v"},
	"batchcomplete.export.noinput":    {"注意:%s 已不在原处或已被改动,导出中没有输入原件和结果表", "note: %s is no longer there or was changed; the export has neither the input nor the results workbook"},
	"batchcomplete.export.done":       {"批次 %s 已导出到 %s:%d 个文件;manifest.json 的 SHA-256(请另外保存):%s", "batch %s is exported to %s: %d files; SHA-256 of manifest.json (keep it elsewhere): %s"},
	"batchcomplete.verify.manifest":   {"%s 不是导出的文件夹:%v", "%s is no exported folder: %v"},
	"batchcomplete.verify.changed":    {"被改动:%s", "changed: %s"},
	"batchcomplete.verify.missing":    {"缺少:%s", "missing: %s"},
	"batchcomplete.verify.extra":      {"多出:%s", "extra: %s"},
	"batchcomplete.verify.chain":      {"检查点中的记录不一致:%s", "the checkpoint's record does not hold: %s"},
	"batchcomplete.verify.nobatch":    {"检查点中没有批次 %s 的文件", "the checkpoint does not have the file of batch %s"},
	"batchcomplete.verify.fewer":      {"导出时有 %d 笔,现在只有 %d 笔", "there were %d bills at the export, and now there are %d"},
	"batchcomplete.verify.same":       {"检查点中的记录与导出时相同", "the checkpoint's record is as it was at the export"},
	"batchcomplete.verify.goneon":     {"检查点中的记录完好;导出之后又有新的进展", "the checkpoint's record is sound, and has gone on since the export"},
	"batchcomplete.verify.fine":       {"批次 %s:%d 个文件与清单一致;manifest.json 的 SHA-256:%s", "batch %s: %d files are as the manifest says; SHA-256 of manifest.json: %s"},
	"batchcomplete.verify.bad":        {"批次 %s 与清单不一致;manifest.json 的 SHA-256:%s", "batch %s is not as its manifest says; SHA-256 of manifest.json: %s"},

	"batchcomplete.watch.head": {"%s · 待发送和在途 %d 笔 ¥%s · 未知 %d 笔 · %s 笔/秒 · 约剩 %v", "%s · %d rows ¥%s to go · %d in doubt · %s rows/s · about %v left"},
}
