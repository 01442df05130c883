using System.Text.Json;
using System.Text.Json.Nodes;
using Keelson.Commands.Up;
using Keelson.Configuration;
using Keelson.EndToEnd.Tests.Commands;
using Keelson.Flags;
using Keelson.Machinery.Yaml;

namespace Keelson.EndToEnd.Tests.Up;

/// <summary>What <c>keelson up</c> takes from flags, variables and a file.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Head = "apiVersion: keelson.dev/v1alpha1\nkind: KeelsonConfiguration\n";
    private static readonly string Documents = Path.Combine(DocumentationTests.Root, "docs");
    private readonly string _directory = Directory.CreateTempSubdirectory("keelson-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_command_line_counts_more_than_a_variable_and_that_more_than_the_file()
    {
        string file = Write(
            "securePort: 1\nnodeName: of-the-file\nclusterCidr: 10.1.0.0/16\nregistries: mirrors.yaml\n");
        UpFlags flags = Read(["--config", file, "--secure-port=3"],
            ("KEELSON_SECURE_PORT", "2"), ("KEELSON_NODE_NAME", "of-the-variable"));
        Assert.Equal(3, flags.Server.Port.Value);
        Assert.Equal("of-the-variable", flags.Node.Name.Value);
        Assert.Equal("10.1.0.0/16", flags.Node.PodRange.Value);
        Assert.Equal(Path.Combine(_directory, "mirrors.yaml"), flags.Node.Registries.Value);
        Assert.Equal(1, Read([], ("KEELSON_CONFIG", file)).Server.Port.Value);
    }

    [Fact]
    public void Every_flag_can_be_in_the_file_and_comes_back_from_what_is_printed()
    {
        UpFlags flags = new UpCommand().Described;
        string[] fields = [.. flags.Configuration.InFile.Select(FlagConfiguration.FieldOf)];
        Assert.Equal(
            ["config", "printConfig"],
            new UpCommand().Set.All.Select(FlagConfiguration.FieldOf).Except(fields).Order());
        string[] values = [.. flags.Configuration.InFile.Select((flag, i) => $"{FlagConfiguration.FieldOf(flag)}: "
            + FlagTypes.Of(flag) switch
        {
            { Json: "boolean" } => "true",
            { Json: "integer" } => $"{i + 1}",
            { IsPath: true } => $"/there/{i}",
            _ => flag.TypeName == "duration" ? $"{i + 1}s" : $"text-{i}",
        })];
        UpFlags read = Read(["--config", Write(string.Join('\n', values))]);
        Assert.All(read.Configuration.InFile, flag => Assert.NotEqual(flag.DefaultText.Trim('"'), flag.Text));
        string printed = read.Configuration.Print(KeelsonConfiguration.ApiVersion, KeelsonConfiguration.Kind);
        UpFlags again = Read(["--config", Write(printed, head: "")]);
        Assert.Equal(Values(read), Values(again));
        Assert.Contains("# " + Path.Combine(_directory, "keelson.yaml") + ": line ", printed);
    }

    [Theory]
    [InlineData("securePrt: 1\nnodeName: 7\n",
        "FILE: line 3: securePrt: there is no such field; did you mean securePort?",
        "FILE: line 4: nodeName: must be a string")]
    [InlineData("securePort: 70000\n",
        "FILE: line 3: securePort: must be a whole number from 0 to 65535, not \"70000\"")]
    [InlineData("securePort: \"6443\"\n", "FILE: line 3: securePort: must be a whole number from 0 to 65535")]
    [InlineData("metricResolution: soon\n", "FILE: line 3: metricResolution: must be a duration such as 15s or 1m30s, "
        + "not \"soon\"")]
    [InlineData("metricResolution: 10ms\n", "FILE: line 3: metricResolution: 10ms is less than a second")]
    [InlineData("noNode: perhaps\n", "FILE: line 3: noNode: must be true or false")]
    [InlineData("bindAddress: nowhere\n", "FILE: line 3: bindAddress: \"nowhere\" is no IP address")]
    [InlineData("noNode: true\nnoNode: false\n", "FILE: line 4: key \"noNode\" already set in map")]
    [InlineData("noNode: [\n", "FILE: yaml: line 3: did not find expected node content")]
    public async Task What_is_wrong_in_a_file_is_told_with_line_and_field(string text, params string[] expected)
    {
        string file = Write(text);
        CommandRun run = await CommandRun.KeelsonAsync("", ["up", "--no-node", "--config", file, "--print-config"]);
        Assert.Equal(
            string.Concat(expected.Select(line => $"error: {line}\n")), run.Error.Replace(file, "FILE"));
        Assert.Equal(2, run.ExitCode);
    }

    [Theory]
    [InlineData("apiVersion: v1\nkind: Pod\n", "must be a KeelsonConfiguration of keelson.dev/v1alpha1")]
    [InlineData("just words", "must be a KeelsonConfiguration of keelson.dev/v1alpha1")]
    [InlineData("", "must be a KeelsonConfiguration of keelson.dev/v1alpha1")]
    [InlineData(null, "there is no such file")]
    public async Task Another_kind_of_file_is_refused(string? text, string expected)
    {
        string file = text is null ? Path.Combine(_directory, "absent.yaml") : Write(text, head: "");
        foreach (string command in (string[])["up", "status", "stop", "reset", "check"])
        {
            CommandRun run = await CommandRun.KeelsonAsync("", [command, "--config", file]);
            Assert.Equal((2, $"error: {file}: {expected}\n"), (run.ExitCode, run.Error));
        }
    }

    [Fact]
    public void A_wrong_variable_is_named()
    {
        FlagException wrong = Assert.Throws<FlagException>(() => Read([], ("KEELSON_SECURE_PORT", "abc")));
        Assert.Equal(
            "KEELSON_SECURE_PORT: must be a whole number from 0 to 65535, not \"abc\"", wrong.Message);
        Assert.Equal(
            ["KEELSON_SECURE_PRT is none of the variables; KEELSON_SECURE_PORT is"],
            Read([]).Configuration.Suspicious(["KEELSON_SECURE_PRT", "KEELSON_OTHERS", "KEELSON_CONFIG", "PATH"]));
    }

    [Fact]
    public async Task Status_finds_the_cluster_by_the_file_that_started_it()
    {
        string file = Write("dataDir: here\n");
        CommandRun run = await CommandRun.KeelsonAsync("", ["status", "--config", file]);
        Assert.Equal(
            $"No cluster of {Path.Combine(_directory, "here")} is running. Start it with: keelson up\n", run.Output);
        Assert.Equal(3, run.ExitCode);
    }

    [Fact]
    public void The_schema_is_that_of_the_flags()
    {
        string file = Path.Combine(Documents, "keelson-configuration.schema.json");
        string schema = ConfigurationSchema.Of(
            new UpCommand().Described.Configuration, KeelsonConfiguration.ApiVersion, KeelsonConfiguration.Kind);
        if (Environment.GetEnvironmentVariable("KEELSON_ACCEPT") == "1")
        {
            File.WriteAllText(file, schema);
        }

        Assert.True(
            schema == File.ReadAllText(file), $"{file} is old; KEELSON_ACCEPT=1 ./test EndToEnd writes it anew");
    }

    [Fact]
    public void The_documented_file_has_every_field_with_its_default()
    {
        string page = File.ReadAllText(Path.Combine(Documents, "OPERATIONS.md"));
        int start = page.IndexOf("apiVersion: keelson.dev/v1alpha1", StringComparison.Ordinal);
        string text = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];
        UpFlags flags = Read(["--config", Write(text, head: "")]);
        JsonObject shown = JsonNode.Parse(YamlReader.ToJson(System.Text.Encoding.UTF8.GetBytes(text)))!.AsObject();
        Assert.Equal(
            flags.Configuration.InFile.Select(FlagConfiguration.FieldOf).Order(),
            shown.Select(one => one.Key).Except(["apiVersion", "kind"]).Order());
        UpFlags fresh = new UpCommand().Described;
        foreach ((Flag flag, Flag other) in flags.Configuration.InFile.Zip(fresh.Configuration.InFile))
        {
            Assert.True(flag.Text == other.Text, $"{flag.Name}: {flag.Text} instead of {other.Text}");
        }
    }

    private static Dictionary<string, string> Values(UpFlags flags) =>
        flags.Configuration.InFile.ToDictionary(flag => flag.Name, flag => flag.Text);

    private static UpFlags Read(string[] line, params (string Name, string Value)[] variables)
    {
        UpCommand command = new();
        command.Read(line);
        command.Described.ReadFurther(
            name => variables.FirstOrDefault(one => one.Name == name).Value);
        return command.Described;
    }

    private string Write(string text, string head = Head)
    {
        string file = Path.Combine(_directory, "keelson.yaml");
        File.WriteAllText(file, head + text);
        return file;
    }
}
