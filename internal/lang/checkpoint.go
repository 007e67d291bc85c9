package lang

// checkpointTexts: why the checkpoint refuses a bill that it has already.
var checkpointTexts = Texts{
	"checkpoint.conflict":          {"与本文件第 %s 行是同一账单,但两行的金额、授权码或订单号不同,都不发送", "the same bill as line %s of this file, and the two disagree about amount, authorisation or order id: neither is sent"},
	"checkpoint.conflict.mend":     {"只保留正确的一行", "keep only the one that is right"},
	"checkpoint.changed":           {"与批次 %s 第 %s 行是同一账单,但金额、授权码或订单号不同;那一行还没有发送", "the same bill as in batch %s, line %s, with another amount, authorisation or order id; that row was not sent yet"},
	"checkpoint.changed.mend":      {"确认以新的为准后,用 --accept-changes 再运行", "if the new one is right, run again with --accept-changes"},
	"checkpoint.changedDoubt":      {"与批次 %s 第 %s 行是同一账单,但金额、授权码或订单号不同;检查点可能忘记了那一行的发送", "the same bill as in batch %s, line %s, with another amount, authorisation or order id; the checkpoint may have forgotten that row's send"},
	"checkpoint.changedDoubt.mend": {"先不带 --accept-changes 运行一次,查明那一行后再说", "run once without --accept-changes, which finds out about that row first"},
	"checkpoint.changedSent":       {"与批次 %s 第 %s 行是同一账单,但金额、授权码或订单号不同;那一行已经发送过,不能再改", "the same bill as in batch %s, line %s, with another amount, authorisation or order id; that row was sent already and cannot change"},
	"checkpoint.changedSent.mend":  {"用 show 查看那一行的结果", "look at that row's result with show"},
	"checkpoint.order":             {"完成订单号 %s 已被批次 %s 第 %s 行使用", "order id %s is used by batch %s, line %s, already"},
	"checkpoint.order.mend":        {"换一个订单号,或留空由程序生成", "give another order id, or leave it empty"},
}
