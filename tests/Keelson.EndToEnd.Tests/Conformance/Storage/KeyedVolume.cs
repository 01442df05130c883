using System.Net;
using System.Text.Json.Nodes;

namespace Keelson.EndToEnd.Tests.Conformance.Storage;

/// <summary>
/// What upstream's suite tries of volumes that show a config map's or a secret's keys, directly or as part of a
/// projected volume.
/// </summary>
/// <param name="Space">The namespace.</param>
/// <param name="Type">The volume's field: <c>configMap</c> or <c>secret</c>.</param>
/// <param name="IsProjected">True for a part of a projected volume.</param>
internal sealed record KeyedVolume(Workspace Space, string Type, bool IsProjected = false)
{
    /// <summary>Owner-readable, as volumes have modes: decimal.</summary>
    public const int OwnerReads = 0x100;

    /// <summary>Readable by owner and group.</summary>
    public const int GroupReads = 0x120;

    /// <summary>The second key at a path of its own.</summary>
    public const string Mapped = "items: [{key: data-2, path: path/to/data-2}]";

    /// <summary>The second key at a path of its own, with a mode of its own.</summary>
    public const string MappedWithMode = "items: [{key: data-2, path: path/to/data-2, mode: 256}]";

    private const string Data = "{data-1: value-1, data-2: value-2, data-3: value-3}";

    public Resource Objects => Type == "secret" ? Space.Secrets : Space.ConfigMaps;

    /// <summary>Creates the config map or secret.</summary>
    public Task<JsonNode> CreateAsync(string name, string data = Data) => Objects.CreateAsync(
        $$"""
        metadata: {name: {{name}} }
        {{(Type == "secret" ? "stringData" : "data")}}: {{data}}
        """);

    /// <summary>The volume's source.</summary>
    public string Source(string name, string options = "", int? mode = null)
    {
        string more = options.Length > 0 ? ", " + options : "";
        string modes = mode is null ? "" : $", defaultMode: {mode}";
        string nameField = Type == "secret" && !IsProjected ? "secretName" : "name";
        return IsProjected
            ? $$"""projected: {sources: [{ {{Type}}: { {{nameField}}: {{name}}{{more}} } }]{{modes}} }"""
            : $$"""{{Type}}: { {{nameField}}: {{name}}{{more}}{{modes}} }""";
    }

    /// <summary>A pod reads a key, whose file must be as expected: mode, owner, content.</summary>
    public async Task ShowsAsync(string expected, string items = "", int? mode = null, string security = "")
    {
        await CreateAsync("shown");
        string file = items.Length > 0 ? "/etc/v/path/to/data-2" : "/etc/v/data-1";
        string log = await Space.SucceedAsync(
            PodShell.Running(PodShell.Show(file), Source("shown", items, mode), security));
        Assert.Equal($"{file} {expected}\n", log);
    }

    /// <summary>A pod reads the same object at two places.</summary>
    public async Task ShowsTwiceAsync()
    {
        await CreateAsync("shown");
        string log = await Space.SucceedAsync(
            $$"""
            metadata: {name: twice}
            spec:
              restartPolicy: Never
              volumes: [{name: v, {{Source("shown")}} }, {name: w, {{Source("shown")}} }]
              containers:
              - name: c
                image: busybox
                command: [sh, -c, '{{PodShell.Show("/etc/v/data-1", "/etc/w/data-1")}}']
                volumeMounts:
                - {name: v, mountPath: /etc/v, readOnly: true}
                - {name: w, mountPath: /etc/w, readOnly: true}
            """);
        Assert.Equal("/etc/v/data-1 -rw-r--r-- 0:0 value-1\n/etc/w/data-1 -rw-r--r-- 0:0 value-1\n", log);
    }

    /// <summary>A pod sees a key's new value.</summary>
    public async Task FollowsAsync()
    {
        await CreateAsync("followed");
        await Space.ServeAsync(PodShell.Running("exec sleep 3600", Source("followed")));
        Assert.Equal("value-1", await Space.ShellAsync("runs", "cat /etc/v/data-1"));

        // More than once: a pod that has just started is looked at again for other reasons.
        foreach (string value in (string[])["value-2", "value-3", "value-4"])
        {
            await ChangeAsync("followed", "data-1", value);
            await Space.ShellUntilAsync("runs", "cat /etc/v/data-1", value);
        }
    }

    /// <summary>A pod sees optional objects come, change and go.</summary>
    public async Task FollowsOptionalAsync()
    {
        await CreateAsync("goes");
        await CreateAsync("changes");
        await Space.ServeAsync(
            $$"""
            metadata: {name: optional}
            spec:
              terminationGracePeriodSeconds: 0
              volumes:
              - {name: goes, {{Source("goes", "optional: true")}} }
              - {name: changes, {{Source("changes", "optional: true")}} }
              - {name: comes, {{Source("comes", "optional: true")}} }
              containers:
              - name: c
                image: busybox
                command: [sleep, "3600"]
                volumeMounts:
                - {name: goes, mountPath: /etc/goes, readOnly: true}
                - {name: changes, mountPath: /etc/changes, readOnly: true}
                - {name: comes, mountPath: /etc/comes, readOnly: true}
            """);
        const string Script =
            "for d in goes changes comes; do "
            + "echo $d $(cd /etc/$d; for f in *; do echo $f=$(cat $f 2>/dev/null); done); done";
        const string All = "data-1=value-1 data-2=value-2 data-3=value-3";
        Assert.Equal($"goes {All}\nchanges {All}\ncomes *=", await Space.ShellAsync("optional", Script));
        await Objects.DeleteAsync("goes");
        await ChangeAsync("changes", "data-3", "value-4");
        await CreateAsync("comes");
        await Space.ShellUntilAsync(
            "optional", Script, $"goes *=\nchanges {All[..^1]}4\ncomes {All}");
    }

    /// <summary>What is marked immutable changes no more, and can be deleted.</summary>
    public async Task IsImmutableAsync()
    {
        await CreateAsync("fixed");
        await ChangeAsync("fixed", "data-1", "value-4");
        await Objects.MergeAsync("fixed", """{"immutable":true}""");
        string field = Type == "secret" ? "stringData" : "data";
        foreach (string change in (string[])[$$$"""{"{{{field}}}":{"data-1":"value-5"}}""", """{"immutable":false}"""])
        {
            JsonNode refused = await Objects.RefusedAsync(
                HttpMethod.Patch, "/fixed", change, "application/merge-patch+json", HttpStatusCode.UnprocessableEntity);
            Assert.Equal("Invalid", refused.Text("reason"));
        }

        JsonNode labelled = await Objects.MergeAsync("fixed", """{"metadata":{"labels":{"label1":"value1"}}}""");
        Assert.Equal("value1", labelled.Label("label1"));
        await Objects.DeleteAsync("fixed");
        await Objects.GoneAsync("fixed");
    }

    private Task<JsonNode> ChangeAsync(string name, string key, string value) => Objects.MergeAsync(
        name, $$$"""{"{{{(Type == "secret" ? "stringData" : "data")}}}":{"{{{key}}}":"{{{value}}}"}}""");
}
