"""The words of the audit room's command: whoever stands at the terminal reads both languages at once."""

VERIFY = {
    "help": "核对每所学校的历史：有没有被改过、删过、剪掉尾巴。 / Checks that no history was altered, cut or written anew.",
    "anchors": "再核对这个文件里的锚（另一台机器上存的，或者邮件里抄出来的）。 / Also checks the heads kept in this file.",
    "no_file": "没有这个文件：{path} / There is no such file: {path}",
    "whole": "完整  {name}（{org}）：{count} 条 / whole, {count} events",
    "broken": "不对  {name}（{org}）：第 {seq} 条，{why} / BAD: row {seq}",
    "good": "{count} 条历史都完整，对过外面的锚 {heads} 个。 / All {count} histories are whole; {heads} outside heads were compared.",
    "bad": "有历史不完整。不要再往里写，先备份，再找出原因。 / A history is not whole. Stop writing, make a copy, find the cause.",
    "why.gap": "这里缺了一条 / a row is missing here",
    "why.altered": "内容和它的摘要不符 / its content does not fit its hash",
    "why.unlinked": "和前一条接不上 / it does not follow from the row before",
    "why.cut": "从这里起被剪掉了，或者链头不符 / cut off from here, or the head does not fit",
    "why.rewritten": "和存在外面的锚不符，整段被重写过 / it does not fit the head kept outside: written anew",
    "why.text": "旁边的文字和它的摘要不符 / the text beside it does not fit its digest",
}
"""Each line in Chinese, then in English."""
