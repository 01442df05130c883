using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Nodes;

/// <summary>An image that a test builds of this machine's own programs, as a registry takes it.</summary>
/// <param name="Name">Repository and tag as Docker Hub would have them: <c>library/nginx:1.25</c>.</param>
/// <param name="Config">The image's configuration.</param>
/// <param name="Layer">Its only layer, compressed.</param>
public sealed record TestImage(string Name, byte[] Config, byte[] Layer)
{
    private static readonly string[] BusyboxPrograms =
    [
        "sh", "cat", "cp", "date", "dd", "df", "echo", "env", "false", "grep", "head", "hostname", "id", "kill", "ln",
        "ls", "mkdir",
        "mount", "nc", "nslookup", "ping", "ps", "pwd", "rm", "sed", "seq", "sleep", "stat", "sync", "tail", "tar",
        "test", "touch",
        "tr", "trap", "true", "uname", "wc", "whoami", "yes", "httpd", "ip", "printf", "sha256sum", "chmod", "chown",
        "find",
        "awk", "base64", "tee", "timeout", "umask", "nproc", "top", "vi", "which", "xargs", "sort", "uniq", "mktemp",
        "readlink", "sysctl", "expr", "cut", "mv", "tty",
    ];

    // Runs as root whoever calls it.
    private const string SetUserIdProgram = "usr/bin/effective-id";

    /// <summary>True when this machine has what the images are made of.</summary>
    public static bool CanBuild =>
        File.Exists("/bin/busybox") && File.Exists("/usr/sbin/nginx") && File.Exists("/usr/bin/perl");

    /// <summary>Busybox.</summary>
    public static TestImage Busybox(string name) => Build(name, Files(), [], ["sh"], []);

    /// <summary>Busybox that starts with a command.</summary>
    public static TestImage Busybox(string name, string[] command) => Build(name, Files(), [], command, []);

    /// <summary>Busybox with an entrypoint and arguments of its own.</summary>
    public static TestImage WithEntrypoint(string name, string[] entrypoint, string[] command) =>
        Build(name, Files(), entrypoint, command, []);

    /// <summary>Debian's nginx with busybox beside it, serving its welcome page on port 80.</summary>
    public static TestImage Nginx(string name)
    {
        Dictionary<string, byte[]> files = Files();
        foreach (string path in (string[])["/usr/sbin/nginx", .. Libraries("/usr/sbin/nginx")])
        {
            files[path[1..]] = File.ReadAllBytes(path);
        }

        files["usr/share/nginx/html/index.html"] = Text(
            "<!DOCTYPE html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>\n");
        files["etc/nginx/nginx.conf"] = Text("""
            user root;
            worker_processes 1;
            pid /tmp/nginx.pid;
            error_log /dev/stderr notice;
            events { worker_connections 64; }
            http {
              access_log /dev/stdout;
              client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
              uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
              server { listen 80; root /usr/share/nginx/html; index index.html; try_files $uri /index.html; }
            }

            """);
        return Build(name, files, [], ["nginx", "-g", "daemon off;"], ["80/tcp"]);
    }

    /// <summary>
    /// Busybox with <c>netexec</c>, which serves HTTP and UDP, and with <c>fetch</c> and <c>dig</c>, which ask servers:
    /// see the folder Programs.
    /// </summary>
    public static TestImage Agnhost(string name)
    {
        Dictionary<string, byte[]> files = Files();
        foreach (string path in (string[])["/usr/bin/perl", .. Libraries("/usr/bin/perl")])
        {
            files[path[1..]] = File.ReadAllBytes(path);
        }

        foreach (string program in (string[])["netexec", "fetch", "dig"])
        {
            files["bin/" + program] =
                File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Nodes", "Programs", program + ".pl"));
        }

        return Build(name, files, [], ["netexec"], ["8080/tcp", "8081/udp"]);
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Fetches a page: <c>get HOST [PORT [PATH]]</c>.</summary>
    private const string GetScript = """
        #!/bin/sh
        case "$1" in
          *[a-z]*) address=$(getent hosts "$1" | awk '{print $1; exit}') ;;
          *) address=$1 ;;
        esac
        [ -n "$address" ] || { echo "get: $1 is not known"; exit 1; }
        printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "${3:-/}" "$1" | nc -w 5 "$address" "${2:-80}"

        """;

    /// <summary>
    /// Answers a request of <c>serve PORT</c>: with the file <c>/tmp/PATH.sh</c>'s output where there is one, with 500
    /// for /healthz once /tmp/unhealthy is there, with the host's name, with what was asked. Each request is logged.
    /// </summary>
    private const string AnswerScript = """
        #!/bin/sh
        read -r method target version
        headers=
        while read -r line && [ "${#line}" -gt 1 ]; do headers="$headers${line%?};"; done
        echo "$method $target $headers" > /proc/1/fd/1
        path=${target%%\?*}
        status="200 OK"
        body=ok
        case "$path" in
          /healthz) [ ! -e /tmp/unhealthy ] || { status="500 Internal Server Error"; body=unhealthy; } ;;
          /hostname) body=$(hostname) ;;
          *) [ ! -e "/tmp$path.sh" ] || body=$(. "/tmp$path.sh") ;;
        esac
        printf 'HTTP/1.0 %s\r\nContent-Type: text/plain\r\nContent-Length: %s\r\n\r\n%s' \
          "$status" "${#body}" "$body"

        """;

    /// <summary>Busybox, and <c>getent</c> beside it: what is linked statically can't look names up.</summary>
    private static Dictionary<string, byte[]> Files()
    {
        Dictionary<string, byte[]> files = new()
        {
            ["bin/busybox"] = File.ReadAllBytes("/bin/busybox"),
            ["etc/passwd"] = Text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
            ["etc/group"] = Text("root:x:0:\nnogroup:x:65534:\n"),
            ["etc/nsswitch.conf"] = Text("hosts: files dns\n"),
            ["bin/get"] = Text(GetScript),
            ["bin/answer"] = Text(AnswerScript),
            ["bin/serve"] = Text("#!/bin/sh\nexec nc -ll -p \"${1:-8080}\" -e answer\n"),
            ["bin/arguments"] = Text("#!/bin/sh\necho \"[arguments $*]\"\n"),
            [SetUserIdProgram] = File.ReadAllBytes("/usr/bin/id"),
        };
        foreach (string path in (string[])
            ["/usr/bin/getent", .. Libraries("/usr/bin/getent"), .. Libraries("/usr/bin/id")])
        {
            files[path[1..]] = File.ReadAllBytes(path);
        }

        return files;
    }

    private static IEnumerable<string> Libraries(string program)
    {
        using Process ldd = Process.Start(new ProcessStartInfo("ldd", [program]) { RedirectStandardOutput = true })!;
        string said = ldd.StandardOutput.ReadToEnd();
        ldd.WaitForExit();
        foreach (string line in said.Split('\n'))
        {
            string? path = line.Split(' ', '\t').FirstOrDefault(static word => word.StartsWith('/'));
            if (path is not null)
            {
                yield return path;
            }
        }
    }

    private static TestImage Build(
        string name, Dictionary<string, byte[]> files, string[] entrypoint, string[] command, string[] ports)
    {
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (string directory in (string[])["bin", "etc", "tmp", "root", "usr", "usr/bin", "var", "proc", "sys",
                "dev"])
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory + "/")
                {
                    Mode = directory == "tmp" ? (UnixFileMode)0b001_111_111_111 : (UnixFileMode)0b111_101_101,
                });
            }

            foreach ((string path, byte[] content) in files)
            {
                bool isProgram = path.Contains("bin/", StringComparison.Ordinal)
                    || path.Contains(".so", StringComparison.Ordinal);
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, path)
                {
                    Mode = path == SetUserIdProgram ? (UnixFileMode)0b100_111_101_101
                        : isProgram ? (UnixFileMode)0b111_101_101
                        : (UnixFileMode)0b110_100_100,
                    DataStream = new MemoryStream(content),
                });
            }

            foreach (string program in BusyboxPrograms)
            {
                writer.WriteEntry(
                    new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + program) { LinkName = "busybox" });
            }
        }

        byte[] plain = tar.ToArray();
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        JsonObject config = new()
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject
            {
                ["Env"] = new JsonArray("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                ["Entrypoint"] = new JsonArray([.. entrypoint.Select(static one => (JsonNode)one)]),
                ["Cmd"] = new JsonArray([.. command.Select(static one => (JsonNode)one)]),
                ["ExposedPorts"] = new JsonObject(
                    ports.Select(static one => KeyValuePair.Create<string, JsonNode?>(one, new JsonObject()))),
            },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest(plain)) },
        };
        return new(name, Text(config.ToJsonString()), compressed.ToArray());
    }

    /// <summary>The digest of some bytes as registries write it.</summary>
    public static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
