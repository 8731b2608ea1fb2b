"""Every sentence of the terminal, in Chinese and in English. Both are always printed: nobody has chosen a language yet."""

DESCRIPTION = """安网 Anwang：学校和教育局的安全网格平台。先试：make run
The safety grid portal of schools and their education bureau. Try first: make run

设置写在环境变量 ANWANG_* 中，见 docs/operations.md。
Settings are environment variables ANWANG_*; docs/operations.md lists them."""

COMMANDS = {
    "serve": "启动全部：数据库升级、演示数据、Redis、后台、网页 / run everything under one supervisor",
    "serve --new-key": "密钥永久丢失时重新生成 / make a new key when the old one is lost for good",
    "serve --end-with-parent": "启动它的程序结束时一起停止 / stop when the program that started it has ended",
    "web": "只启动一个网页进程 / run one web process",
    "web --fd": "已打开的监听套接字编号 / number of an open listening socket",
    "worker": "只启动后台 / run the worker",
    "migrate": "升级数据库 / bring the database up to date",
    "demo": "载入演示数据 / load the demonstration data",
    "demo --if-empty": "有数据时什么也不做 / do nothing when there is data already",
    "import": "导入网格和人员表 / import a register of grids and people",
    "admin": "建立第一个账号 / make the first account",
    "verify-audit": "核对历史记录有没有被改动 / check that the history has not been altered",
    "backup": "备份到一个文件 / write a backup into one file",
    "restore": "从备份恢复到空的数据目录 / restore a backup into an empty data folder",
    "FILE.tar": "备份文件 / the backup file",
    "files": "存放照片和责任书文件的地方 / where the files of photos and letters are kept",
    "files WHAT": "check 试一试能不能用；copy 从本机目录放进存储桶；fetch 从存储桶取回本机目录 /"
    " check: does it work; copy: from this machine's folder into the bucket; fetch: from the bucket into the folder",
}

WORDS: dict[str, tuple[str, str]] = {
    # settings
    "setting.number": (
        "{name}={value} 不对：要 {low} 到 {high} 之间的整数。改好后再启动。",
        "{name}={value} is refused: it must be a whole number from {low} to {high}. Correct it and start again.",
    ),
    "setting.switch": (
        "{name}={value} 不对：只能是 1 或 0。",
        "{name}={value} is refused: it must be 1 or 0.",
    ),
    "setting.host": (
        "{name}={value} 不是地址。只在本机用写 127.0.0.1；让同一网络的手机也能用写 0.0.0.0。",
        "{name}={value} is no address. Write 127.0.0.1 for this machine only, 0.0.0.0 for phones on the same network too.",
    ),
    "setting.path": (
        "{name}={value} 不是可用的路径：写完整路径，不用 ~。",
        "{name}={value} is no usable path: write it out in full, without ~.",
    ),
    "setting.url": (
        "{name}={value} 不对：要以 {schemes} 开头并写明主机，例如 {example}",
        "{name}={value} is refused: it must begin with {schemes} and name a host, for example {example}",
    ),
    "setting.base_url_path": (
        "{name}={value} 不对：只写到主机和端口，后面不带路径、参数和账号，例如 {example}",
        "{name}={value} is refused: host and port only, no path, query or password, for example {example}",
    ),
    "setting.base_url_wildcard": (
        "{name}={value} 不对：别人打不开这个地址。写别人能打开的，例如 {example}",
        "{name}={value} is refused: nobody can open that address. Write one that others can open, for example {example}",
    ),
    "setting.proxies": (
        "{name}={value} 不对：“{part}”不是单个代理的地址或网段。只写自己的代理，例如 127.0.0.1 或 10.0.0.0/24；信任所有人等于谁都能冒充来源。",
        "{name}={value} is refused: “{part}” is not the address or network of a proxy. Name your own proxies only, such as"
        " 127.0.0.1 or 10.0.0.0/24; whoever is trusted can claim any origin.",
    ),
    "setting.database": (
        "{name}={value} 不对：写 postgresql://用户:密码@主机/库名，或 sqlite:////完整路径，或不写。",
        "{name}={value} is refused: write postgresql://user:password@host/name, or sqlite:////full/path, or leave it out.",
    ),
    "setting.anchor": (
        "{name}={value} 不对：写一个邮箱地址，或一个文件的完整路径。",
        "{name}={value} is refused: write a mail address, or the full path of a file.",
    ),
    "setting.files_url": (
        "{name}={value} 不对（{part}）：写 s3://存储桶/目录?endpoint=https://s3.example.org&region=区域，桶名用小写；"
        "密钥不写在这里，写在 ANWANG_FILES_KEY。不写这个设置，文件存在本机。",
        "{name}={value} is refused ({part}): write s3://bucket/folder?endpoint=https://s3.example.org&region=…, the bucket"
        " in small letters; the key does not stand here but in ANWANG_FILES_KEY. Without this setting files stay on this"
        " machine.",
    ),
    "setting.files_key": (
        "{path} 里没有存储桶的密钥。在 ANWANG_FILES_KEY 里写“编号:密钥”，或写一个文件的完整路径，文件里一行“编号:密钥”，权限 600。",
        "{path} holds no key for the bucket. Put id:secret into ANWANG_FILES_KEY, or the full path of a file with the line"
        " id:secret, mode 600.",
    ),
    "setting.files_key_unreadable": (
        "读不了存储桶的密钥文件 {path}：{why}。检查 ANWANG_FILES_KEY 里的路径、文件的所有者和权限。",
        "The bucket's key file {path} cannot be read: {why}. Check the path in ANWANG_FILES_KEY, the file's owner and mode.",
    ),
    "setting.service": (
        "{name}={value} 不对：写 包.模块:名字，例如 licensed_signing.service:SERVICE；不写，就用学校自己的证书签。",
        "{name}={value} is refused: write package.module:name, such as licensed_signing.service:SERVICE; without it the"
        " school's own certificates sign.",
    ),
    "setting.service_missing": (
        "装不上签名服务 {name}：{why}。把提供它的包装进同一个环境，或去掉 ANWANG_SIGNATURE_SERVICE。",
        "The signature service {name} cannot be loaded: {why}. Install its package into the same environment, or take"
        " ANWANG_SIGNATURE_SERVICE away.",
    ),
    "setting.unknown": (
        "提醒：没有 {name} 这个设置，已忽略。可用的设置见 docs/operations.md。",
        "Note: there is no setting {name}; it is ignored. docs/operations.md lists them.",
    ),
    "setting.no_proxies": (
        "提醒：地址是 https，但没有设 ANWANG_TRUSTED_PROXIES，所有人看起来都来自代理。请写上代理的地址。",
        "Note: the address is https but ANWANG_TRUSTED_PROXIES is empty, so that everybody seems to come from the proxy."
        " Name the proxy's address.",
    ),
    # the key
    "key.missing": (
        "没有密钥文件 {path}。先运行 python -m portal serve，它会生成；或把保存的密钥文件放回去。",
        "There is no key file {path}. Run python -m portal serve first, which makes one; or put your kept copy back.",
    ),
    "key.lost": (
        "数据库 {database} 在，密钥文件 {path} 不在。把保存的密钥文件放回去再启动；确实找不回来时，用"
        " python -m portal serve --new-key（所有人要重新登录，封存的电话和邮箱要重新录入）。",
        "The database {database} is there but its key file {path} is not. Put your kept copy back and start again. If it is"
        " lost for good: python -m portal serve --new-key (everybody signs in again; sealed phones and mail addresses must"
        " be entered anew).",
    ),
    "key.unreadable": (
        "读不了密钥文件 {path}。它应是本用户的普通文件：检查路径、所有者和权限。",
        "The key file {path} cannot be read. It must be a plain file of this user: check path, owner and mode.",
    ),
    "key.open_to_others": (
        "密钥文件 {path} 别人也能读（权限 {mode}）。输入：chmod 600 {path}",
        "Others can read the key file {path} (mode {mode}). Type: chmod 600 {path}",
    ),
    "key.empty": (
        "密钥文件 {path} 是空的。把保存的密钥放回去；没有数据时删掉它，启动时会重新生成。",
        "The key file {path} is empty. Put your kept copy back; without data, delete it and the next start makes a new one.",
    ),
    "key.not_base64": (
        "密钥文件 {path} 的内容不是密钥（每行应是 32 字节的 base64）。把保存的密钥放回去；没有数据时删掉它再启动。",
        "The key file {path} holds no key (each line is 32 bytes in base64). Put your kept copy back; without data, delete"
        " it and start again.",
    ),
    "key.short": (
        "密钥文件 {path} 太短：{bytes} 字节，至少要 {needed} 字节。没有数据时删掉它，启动时会重新生成。",
        "The key in {path} is too short: {bytes} bytes, {needed} are needed. Without data, delete it and the next start"
        " makes a new one.",
    ),
    "key.default": (
        "密钥文件 {path} 里是样例，不是随机的密钥，谁都能猜到。没有数据时删掉它，启动时会重新生成。",
        "The key in {path} is a sample, not a random one; anybody can guess it. Without data, delete it and the next start"
        " makes a new one.",
    ),
    # the data folder and the port
    "folder.not_writable": (
        "写不了 {path}：{why}。换一个目录（ANWANG_DATA），或改它的权限。",
        "{path} cannot be written: {why}. Choose another folder (ANWANG_DATA), or change its owner or mode.",
    ),
    "folder.full": (
        "磁盘满了，写不了 {path}：{why}。腾出空间再启动。",
        "The disk is full, {path} cannot be written: {why}. Make room and start again.",
    ),
    "folder.owned": (
        "数据目录 {path} 已经有一个安网在运行（进程 {pid}）。用那一个；或先停掉它；或换一个目录：ANWANG_DATA=…",
        "A portal is already running on {path} (process {pid}). Use that one, or stop it first, or choose another folder:"
        " ANWANG_DATA=…",
    ),
    "port.taken": (
        "端口 {port} 已被别的程序占用，什么也没有启动。换一个：ANWANG_PORT={other} make run",
        "Port {port} is taken by another program; nothing was started. Choose another: ANWANG_PORT={other} make run",
    ),
    "port.forbidden": (
        "不允许使用端口 {port}：1024 以下的端口要管理员权限。换一个：ANWANG_PORT=8000 make run",
        "Port {port} is not allowed: ports below 1024 belong to root. Choose another: ANWANG_PORT=8000 make run",
    ),
    "port.no_such_host": (
        "{host} 不是这台机器的地址。本机用 ANWANG_HOST=127.0.0.1，同一网络用 ANWANG_HOST=0.0.0.0",
        "{host} is no address of this machine. ANWANG_HOST=127.0.0.1 for this machine, 0.0.0.0 for the network.",
    ),
    # the parts
    "redis.none": (
        "没有找到 Redis，照常运行；提醒会晚几秒。",
        "No Redis was found; the portal runs all the same, and reminders come a few seconds later.",
    ),
    "redis.place_not_private": (
        "目录 {path} 不是本用户私有的，不能放套接字。删掉它再启动。",
        "The folder {path} is not private to this user; no socket goes there. Remove it and start again.",
    ),
    "redis.set_aside": (
        "Redis 读不了自己的文件，已移到 {path} 下的 redis-unreadable-… 并重新开始。没有丢失：工作都在数据库里。",
        "Redis could not read its files. They were moved to redis-unreadable-… in {path} and it starts afresh. Nothing is"
        " lost: the work stands in the database.",
    ),
    "part.died": (
        "{name}（进程 {pid}）停了：{how}。{pause} 秒后重新启动。",
        "{name} (process {pid}) has ended: {how}. It is started again in {pause} s.",
    ),
    "part.again": (
        "{name} 已重新启动（进程 {pid}）。",
        "{name} is started again (process {pid}).",
    ),
    "part.bad_setting": (
        "{name} 不能用这些设置启动，原因见上。全部停止。",
        "{name} cannot start with these settings; the reason stands above. Everything is stopped.",
    ),
    "serve.step_failed": (
        "“{name}”没有完成（状态 {ended}），原因见上。什么也没有启动；改好后再启动，不会重复已做的部分。",
        "“{name}” did not finish (status {ended}); the reason stands above. Nothing was started. Correct it and start again:"
        " what is done is not repeated.",
    ),
    "serve.never_up": (
        "网页启动了 {times} 次，次次都停，原因见上。已全部停止；改好后再启动。",
        "The web process was started {times} times and ended each time; the reason stands above. Everything is stopped."
        " Correct it and start again.",
    ),
    "serve.stopping": ("正在停止……", "Stopping …"),
    "serve.stopped": ("已全部停止。", "Everything is stopped."),
    # ready
    "ready.address": ("\n安网已启动，打开：{address}", "Anwang is running. Open: {address}"),
    "ready.on_this_network": (
        "同一网络的手机打开：{address}",
        "Phones on the same network open: {address}",
    ),
    "ready.this_machine_only": (
        "现在只有这台机器能打开。让手机也能用：ANWANG_HOST=0.0.0.0 make run",
        "Only this machine can open it now. For phones too: ANWANG_HOST=0.0.0.0 make run",
    ),
    "ready.accounts": (
        "可以这样登录（账号  密码   身份，也写在 {path}）：",
        "Who can sign in (login  password   role; also in {path}):",
    ),
    "ready.no_demo_accounts": (
        "这里没有演示账号。用已有的账号登录，或用 python -m portal admin 建第一个。",
        "There are no demonstration accounts here. Sign in with your own, or make the first: python -m portal admin",
    ),
    "ready.first_account": (
        "没有载入演示数据。第一个账号：python -m portal admin",
        "No demonstration data is loaded. The first account: python -m portal admin",
    ),
    "ready.stop": ("按 Ctrl-C 停止。", "Stop with Ctrl-C."),
    "ready.took": ("启动用了 {seconds} 秒。", "It took {seconds} s to start.\n"),
    "ready.not_well": (
        "网页能打开，但还有部分没有就绪（{status}）：{body}",
        "The pages open, but a part is not well yet ({status}): {body}",
    ),
    # backup and restore
    "backup.done": (
        "备份好了，并已逐字节核对：{path}（{tables} 张表，{rows} 行，{files} 个文件，{megabytes} MB，用了 {seconds} 秒）",
        "The backup is made and was read back: {path} ({tables} tables, {rows} rows, {files} files, {megabytes} MB,"
        " {seconds} s)",
    ),
    "backup.key": (
        "密钥文件不在备份里：{key}。另外抄一份，和备份分开保管；没有它，封存的电话和邮箱打不开。",
        "The key file is not in it: {key}. Keep a copy of it apart from the backup; without it sealed phones and mail"
        " addresses cannot be opened.",
    ),
    "backup.damaged_files": (
        "注意：有 {count} 个文件早已损坏，没有收进备份：{digests}。从更早的备份里找它们。",
        "Note: {count} files were damaged already and are not in the backup: {digests}. Look for them in an older one.",
    ),
    "backup.exists": (
        "{path} 已经有了，不会覆盖。换一个文件名。",
        "{path} is there already and is not overwritten. Choose another name.",
    ),
    "backup.no_folder": (
        "没有目录 {path}。先建好它。",
        "There is no folder {path}. Make it first.",
    ),
    "backup.no_database": (
        "没有数据库 {path}，没有可备份的。检查 ANWANG_DATA。",
        "There is no database {path}, so there is nothing to back up. Check ANWANG_DATA.",
    ),
    "backup.no_tables": (
        "数据库是空的，没有可备份的。检查 ANWANG_DATA 和 ANWANG_DATABASE_URL。",
        "The database is empty, so there is nothing to back up. Check ANWANG_DATA and ANWANG_DATABASE_URL.",
    ),
    "backup.database_damaged": (
        "数据库损坏，没有写备份：{what}。先停掉安网，把整个数据目录抄一份，再从最近的好备份恢复。",
        "The database is damaged and no backup was written: {what}. Stop the portal, copy the whole data folder, then"
        " restore the latest good backup.",
    ),
    "backup.no_such_file": (
        "没有文件 {path}。",
        "There is no file {path}.",
    ),
    "backup.broken": (
        "{path} 不完整或被改过（{what}），什么也没有恢复。换另一份备份。",
        "{path} is not whole or was changed ({what}); nothing was restored. Take another backup.",
    ),
    "backup.newer_format": (
        "{path} 是更新版本写的。先升级安网，再恢复。",
        "{path} was written by a newer version. Upgrade first, then restore.",
    ),
    "restore.not_empty": (
        "{path} 里已有数据，不会覆盖。换一个空目录：ANWANG_DATA=… python -m portal restore …",
        "There is data in {path}, and it is not overwritten. Choose an empty folder:"
        " ANWANG_DATA=… python -m portal restore …",
    ),
    "restore.database_not_empty": (
        "数据库里已有表，不会覆盖。建一个空的数据库，写进 ANWANG_DATABASE_URL。",
        "The database has tables already, and they are not overwritten. Make an empty one and name it in"
        " ANWANG_DATABASE_URL.",
    ),
    "restore.other_tables": (
        "备份里的表和它的版本不符，什么也没有恢复。换另一份备份。",
        "The tables of the backup are not those of its version; nothing was restored. Take another backup.",
    ),
    "restore.newer": (
        "备份来自更新的版本（{migration}）。先升级安网，再恢复。",
        "The backup is of a newer version ({migration}). Upgrade first, then restore.",
    ),
    "restore.differs": (
        "恢复后核对不符（{what}），已撤销，什么也没有留下。换另一份备份。",
        "What was restored does not compare ({what}); it was undone and nothing is left. Take another backup.",
    ),
    "restore.audit": (
        "备份里的历史记录核对不过，原因见上；已撤销。换另一份备份，并查明是谁改的。",
        "The history in the backup does not verify; the reason stands above. It was undone. Take another backup, and find"
        " out who altered it.",
    ),
    "restore.done": (
        "已恢复到 {path}，并逐行核对（备份时间 {made_at}，{tables} 张表，{rows} 行，{files} 个文件，{megabytes} MB，"
        "用了 {seconds} 秒）。所有人要重新登录。",
        "Restored into {path} and compared row by row (made {made_at}, {tables} tables, {rows} rows, {files} files,"
        " {megabytes} MB, {seconds} s). Everybody signs in again.",
    ),
    "restore.key": (
        "启动之前，把保存的密钥文件放到 {key}，权限 600。",
        "Before you start it, put your kept key file at {key}, mode 600.",
    ),
    # the file store
    "backup.files_in_bucket": (
        "照片和责任书的文件不在这份备份里：它们在 {place}。它们的备份是存储桶的版本和复制，或 python -m portal files fetch。",
        "The files of photos and letters are not in it: they lie in {place}. Their backup is the bucket's own versions and"
        " replication, or python -m portal files fetch.",
    ),
    "restore.files_in_bucket": (
        "注意：照片和责任书的文件不在这份备份里，做备份时在 {place}。启动前设好 ANWANG_FILES_URL 和 ANWANG_FILES_KEY。",
        "Note: the files of photos and letters are not in this backup; when it was made they lay in {place}. Set"
        " ANWANG_FILES_URL and ANWANG_FILES_KEY before you start.",
    ),
    "restore.copy_files": (
        "备份里的文件已放进本机的目录。启动前放进存储桶：python -m portal files copy",
        "The files of the backup lie in the folder of this machine. Put them into the bucket before you start:"
        " python -m portal files copy",
    ),
    "files.well": (
        "{place}：能写、能读、能列、能删，现有 {count} 个文件。",
        "{place}: writing, reading, listing and removing all work; it holds {count} files.",
    ),
    "files.copied": (
        "从 {source} 到 {target}：新放 {copied} 个并逐个读回核对，原有 {there} 个，用了 {seconds} 秒。",
        "From {source} to {target}: {copied} files copied and each read back, {there} were there already, {seconds} s.",
    ),
    "files.copying": ("已放 {done}/{total}", "{done} of {total} copied"),
    "files.damaged": (
        "注意：有 {count} 个文件早已损坏，没有放过去：{digests}。从更早的备份里找它们。",
        "Note: {count} files were damaged already and were not copied: {digests}. Look for them in an older backup.",
    ),
    "files.nothing_set": (
        "没有设存储桶，没有可放的地方。先设 ANWANG_FILES_URL 和 ANWANG_FILES_KEY。",
        "No bucket is set, so there is nowhere to copy to. Set ANWANG_FILES_URL and ANWANG_FILES_KEY first.",
    ),
    "files.away": (
        "连不上 {place}，原因见上。检查网络和 ANWANG_FILES_URL 里的 endpoint，再输入同一命令，会接着做。",
        "{place} cannot be reached; the reason stands above. Check the network and the endpoint in ANWANG_FILES_URL, and"
        " type the same command again: it goes on where it was.",
    ),
    "files.denied": (
        "{place} 不接受这个密钥，原因见上。检查 ANWANG_FILES_KEY；它要能读、写、删文件，能列出存储桶（GetObject、PutObject、"
        "DeleteObject、ListBucket）；本机的时间要准。",
        "{place} does not accept this key; the reason stands above. Check ANWANG_FILES_KEY; it must be allowed GetObject,"
        " PutObject, DeleteObject and ListBucket; and this machine's clock must be right.",
    ),
    "files.no_bucket": (
        "没有存储桶 {place}。先建好它，或改 ANWANG_FILES_URL。",
        "There is no bucket {place}. Make it first, or correct ANWANG_FILES_URL.",
    ),
    "files.not_writable": (
        "写不了 {place}。检查目录的所有者和权限。",
        "{place} cannot be written. Check the folder's owner and mode.",
    ),
    "files.no_space": (
        "放不下了：{place}。腾出空间，再输入同一命令，会接着做。",
        "There is no room in {place}. Make room, and type the same command again: it goes on where it was.",
    ),
    # set-up
    "setup.environment": (
        "正在建立 Python {version} 的运行环境（.venv）……",
        "Making an environment for Python {version} (.venv) …",
    ),
    "setup.no_venv": (
        "这台机器的 Python 缺少 venv。输入：{command}，再输入 make run",
        "This machine's Python has no venv. Type: {command}, then make run again",
    ),
    "setup.libraries": (
        "正在下载并安装 {count} 个程序库，第一次约需一两分钟……",
        "Downloading and installing {count} libraries; the first time takes a minute or two …",
    ),
    "setup.progress": ("已取得 {count}/{total}", "{count} of {total} fetched"),
    "setup.unpacking": ("已全部取得，正在安装", "all fetched, installing"),
    "setup.libraries_done": ("程序库已装好。", "The libraries are installed."),
    "setup.libraries_failed": (
        "程序库没有装好，原因见上。多半是网络：检查网络或 pip 的镜像设置，再输入同一命令，会接着做。",
        "The libraries could not be installed; the reason stands above. Most often it is the network: check it, or pip's"
        " mirror setting, and type the same command again.",
    ),
    "setup.system": (
        "正在安装系统组件：{names}……",
        "Installing from the system: {names} …",
    ),
    "setup.letters": (
        "提醒：责任书 PDF 还缺系统组件，其余照常。要补上，输入：{command}",
        "Note: letters as PDF need more from the system; all else works. To add it, type: {command}",
    ),
    "setup.browser": (
        "提醒：浏览器测试会跳过。要运行它们，输入：{command}",
        "Note: browser tests will be skipped. To run them, type: {command}",
    ),
    "setup.no_browser_in_ci": (
        "没有浏览器。在 CI 中不允许跳过浏览器测试。",
        "There is no browser, and in CI browser tests may not be skipped.",
    ),
    # commands
    "command.not_there": (
        "这个版本没有 {module}。",
        "This version has no {module}.",
    ),
    "command.no_library": (
        "缺少程序库 {module}。输入：make run（或 make setup）",
        "The library {module} is missing. Type: make run (or make setup)",
    ),
}
