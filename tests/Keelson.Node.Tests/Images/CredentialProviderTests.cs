using System.Text;
using Keelson.Api.Core.V1;
using Keelson.Client.Events;
using Keelson.Nodes.Cri.Protos;
using Keelson.Nodes.Images;
using Keelson.Nodes.Images.Credentials;
using Keelson.Nodes.Pods;
using Keelson.Nodes.Tests.Nodes;
using Keelson.Nodes.Volumes.Content;
using Container = Keelson.Api.Core.V1.Container;

namespace Keelson.Nodes.Tests.Images;

/// <summary>Programs that know credentials for images.</summary>
public sealed class CredentialProviderTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly string _directory;
    private readonly List<string> _logged = [];

    public CredentialProviderTests() => _directory = _node.DirectoryFor("programs");

    [Theory]
    [InlineData("registry.example", "registry.example/team/app", true)]
    [InlineData("*.example", "registry.example/app", true)]
    [InlineData("*.example", "a.registry.example/app", false)]
    [InlineData("registry-*.example:8080/team", "registry-1.example:8080/team/app", true)]
    [InlineData("registry-*.example:8080/team", "registry-1.example/team/app", false)]
    [InlineData("registry.example/team", "registry.example/other/app", false)]
    [InlineData("https://registry.example", "registry.example/app", true)]
    public void Patterns_cover_hosts_part_by_part_ports_and_paths(string pattern, string repository, bool covers) =>
        Assert.Equal(covers, RegistryPattern.Covers(pattern, repository));

    [Fact]
    public async Task A_program_is_asked_once_for_what_its_answer_covers()
    {
        WriteProgram(
            "provider",
            """
            cat > "$LAST"
            echo x >> "$LAST.count"
            printf '%s' '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",
              "cacheKeyType":"Registry","cacheDuration":"1h",
              "auth":{"registry.example":{"username":"u","password":"p"},
                "registry.example/team":{"username":"t","password":"p"}}}'
            """);
        CredentialProviders providers = Providers("      serviceAccountTokenAudience: images");
        IReadOnlyList<AuthConfig> found = await OfAsync(providers, "registry.example/team/app");
        Assert.Equal(["t", "u"], found.Select(static one => one.Username));
        string request = File.ReadAllText(Path.Combine(_directory, "last"));
        Assert.Equal(
            "{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\","
            + "\"image\":\"registry.example/team/app:1\",\"serviceAccountToken\":\"token-1-for-default-images\"}",
            request);

        Assert.Equal(["u"], (await OfAsync(providers, "registry.example/app")).Select(static one => one.Username));
        Assert.Empty(await OfAsync(providers, "registry.other/app"));
        Assert.Single(File.ReadAllLines(Path.Combine(_directory, "last.count")));
        _node.Clock.Advance(TimeSpan.FromMinutes(61));
        await OfAsync(providers, "registry.example/app");
        Assert.Equal(2, File.ReadAllLines(Path.Combine(_directory, "last.count")).Length);
    }

    [Fact]
    public async Task A_program_that_fails_leaves_the_pull_to_others()
    {
        WriteProgram("provider", "echo no such account >&2\nexit 3");
        Assert.Empty(await OfAsync(Providers(""), "registry.example/app"));
        Assert.Contains("exit status 3: no such account", Assert.Single(_logged), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pulls_come_with_what_a_program_knows()
    {
        WriteProgram(
            "provider",
            """
            printf '%s' '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",
              "cacheKeyType":"Image","auth":{"registry.example":{"username":"u","password":"p"}}}'
            """);
        await using TestRuntime runtime = await TestRuntime.StartAsync(_node.DirectoryFor("runtime"));
        runtime.Puller = "u";
        await using EventRecorder events = new(_node.Api, "kubelet", TestNode.Name, _node.Clock);
        ImagePuller puller = new(
            runtime.Client, new PullSecrets(_node.Api, events), events, _node.Clock, 1, Providers(""));
        Container wanted = new() { Name = "main", Image = "registry.example/app:1", ImagePullPolicy = "Always" };
        ImageOutcome outcome = await puller.EnsureAsync(
            TestNode.PodWith(), new(wanted, ContainerRole.Regular), new(), default);
        Assert.Null(outcome.Waiting);
        Assert.Equal(["u"], runtime.PulledAs);
    }

    [Fact]
    public void A_file_without_programs_is_refused()
    {
        byte[] file = Encoding.UTF8.GetBytes("kind: CredentialProviderConfig\nproviders: []\n");
        Assert.Throws<FormatException>(() => CredentialProviderConfig.Read(file));
    }

    public void Dispose() => _node.Dispose();

    private static async Task<IReadOnlyList<AuthConfig>> OfAsync(CredentialProviders providers, string repository)
    {
        Pod pod = TestNode.PodWith();
        IReadOnlyList<ProvidedCredential> found =
            await providers.OfAsync(pod, repository + ":1", repository, default);
        return [.. found.Select(static one => one.Auth)];
    }

    private CredentialProviders Providers(string token) => new(
        CredentialProviderConfig.Read(Encoding.UTF8.GetBytes(
            $"""
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: provider
                matchImages: ["*.example"]
                defaultCacheDuration: 10m
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                env:
                  - name: LAST
                    value: {_directory}/last
            """ + (token.Length > 0 ? "\n    tokenAttributes:\n" + token : ""))),
        _directory,
        new ServiceAccountTokens(_node.Api, _node.Clock),
        _node.Clock,
        _logged.Add);

    private void WriteProgram(string name, string script)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
    }
}
