using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Values;
using Keelson.Nodes.Containers;
using Keelson.Nodes.Tests.Nodes;

namespace Keelson.Nodes.Tests.Containers;

/// <summary>The variables that containers start with.</summary>
public sealed class ContainerEnvironmentTests
{
    [Fact]
    public async Task Services_are_told_with_upstreams_names()
    {
        using TestNode node = new();
        PutService(node, "default", "kubernetes", "10.0.0.1", ("https", 443));
        PutService(node, "ns", "my-db", "fd00::1", ("sql", 5432), ("admin-ui", 80));
        PutService(node, "other", "hidden", "10.0.0.9", ("", 80));
        PutService(node, "ns", "headless", "None", ("", 80));
        ContainerEnvironment environment = await Of(node);
        Assert.Equal(
            """
            KUBERNETES_PORT=tcp://10.0.0.1:443
            KUBERNETES_PORT_443_TCP=tcp://10.0.0.1:443
            KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1
            KUBERNETES_PORT_443_TCP_PORT=443
            KUBERNETES_PORT_443_TCP_PROTO=tcp
            KUBERNETES_SERVICE_HOST=10.0.0.1
            KUBERNETES_SERVICE_PORT=443
            KUBERNETES_SERVICE_PORT_HTTPS=443
            MY_DB_PORT=tcp://[fd00::1]:5432
            MY_DB_PORT_5432_TCP=tcp://[fd00::1]:5432
            MY_DB_PORT_5432_TCP_ADDR=fd00::1
            MY_DB_PORT_5432_TCP_PORT=5432
            MY_DB_PORT_5432_TCP_PROTO=tcp
            MY_DB_PORT_80_TCP=tcp://[fd00::1]:80
            MY_DB_PORT_80_TCP_ADDR=fd00::1
            MY_DB_PORT_80_TCP_PORT=80
            MY_DB_PORT_80_TCP_PROTO=tcp
            MY_DB_SERVICE_HOST=fd00::1
            MY_DB_SERVICE_PORT=5432
            MY_DB_SERVICE_PORT_ADMIN_UI=80
            MY_DB_SERVICE_PORT_SQL=5432
            """,
            Text(environment));
    }

    [Fact]
    public async Task References_stand_for_what_came_before()
    {
        using TestNode node = new();
        PutService(node, "default", "kubernetes", "10.0.0.1", ("", 443));
        ContainerEnvironment environment = await Of(
            node,
            new EnvVar { Name = "A", Value = "1" },
            new EnvVar { Name = "B", Value = "$(A)/$(KUBERNETES_SERVICE_HOST)/$(C)/$$(A)/$x$" },
            new EnvVar { Name = "C", Value = "later" });
        Assert.Equal("1/10.0.0.1/$(C)/$(A)/$x$", environment.Variables.Single(static one => one.Key == "B").Value);
        Assert.Equal(["A", "B", "C"], environment.Variables.Take(3).Select(static one => one.Key));
    }

    [Fact]
    public async Task Variables_take_the_place_of_those_from_maps()
    {
        using TestNode node = new();
        node.Api.Put(new ConfigMap
        {
            Metadata = ObjectMeta.Empty with { Name = "map", Namespace = "ns" },
            Data = ApiMap<string>.From([KeyValuePair.Create("a.b", "1"), KeyValuePair.Create("c", "1")]),
        });
        node.Api.Put(new Secret
        {
            Metadata = ObjectMeta.Empty with { Name = "secret", Namespace = "ns" },
            Data = ApiMap<Bytes>.From([KeyValuePair.Create("c", Bytes.FromText("2"))]),
        });
        ContainerEnvironment environment = await Of(node, new Container
        {
            Name = "main",
            EnvFrom =
            [
                new() { Prefix = "P_", ConfigMapRef = new() { LocalObjectReference = new() { Name = "map" } } },
                new() { SecretRef = new() { LocalObjectReference = new() { Name = "secret" } } },
                new() { SecretRef = new() { LocalObjectReference = new() { Name = "no" }, Optional = true } },
            ],
            Env =
            [
                new() { Name = "P_c", Value = "own" },
                new()
                {
                    Name = "KEY",
                    ValueFrom = new()
                    {
                        SecretKeyRef = new() { LocalObjectReference = new() { Name = "secret" }, Key = "c" },
                    },
                },
            ],
        });
        Assert.Equal("P_a.b=1\nP_c=own\nc=2\nKEY=2", Text(environment));
    }

    [Theory]
    [InlineData("absent", "k", "configmap \"absent\" not found")]
    [InlineData("map", "k", "couldn't find key k in ConfigMap ns/map")]
    public async Task What_is_missing_is_told_in_upstreams_words(string map, string key, string expected)
    {
        using TestNode node = new();
        node.Api.Put(new ConfigMap { Metadata = ObjectMeta.Empty with { Name = "map", Namespace = "ns" } });
        ConfigMapKeySelector selector = new() { LocalObjectReference = new() { Name = map }, Key = key };
        Assert.Equal(expected, (await Of(node, FromKey(selector))).Error);
        ContainerEnvironment optional = await Of(node, FromKey(selector with { Optional = true }));
        Assert.Null(optional.Error);
        Assert.Empty(optional.Variables);
    }

    [Theory]
    [InlineData("metadata.name", "pod")]
    [InlineData("metadata.annotations['x']", "y")]
    [InlineData("spec.nodeName", "one")]
    [InlineData("status.hostIP", "192.0.2.1")]
    [InlineData("status.podIP", "10.1.0.5")]
    [InlineData("status.podIPs", "10.1.0.5,fd00::5")]
    public async Task Fields_of_the_pod_are_values(string path, string expected)
    {
        using TestNode node = new();
        EnvVar variable = new() { Name = "V", ValueFrom = new() { FieldRef = new() { FieldPath = path } } };
        Assert.Equal("V=" + expected, Text(await Of(node, variable)));
    }

    [Fact]
    public async Task A_file_that_another_container_wrote_gives_values()
    {
        using TestNode node = new();
        string volume = node.PathOf("kubernetes.io~empty-dir", "shared");
        Directory.CreateDirectory(volume);
        File.WriteAllText(Path.Combine(volume, "env"), "# first\n\nA='1'\nB='two\nlines' # behind\n");
        File.CreateSymbolicLink(Path.Combine(volume, "out"), "/etc/hostname");
        Assert.Equal("V=two\nlines", Text(await Of(node, FromFile("env", "B"))));
        Assert.Equal(
            $"environment variable key \"C\" not found in file \"{volume}/env\"",
            (await Of(node, FromFile("env", "C"))).Error);
        Assert.Equal("couldn't parse env file", (await Of(node, FromFile("out", "C"))).Error);
    }

    private static EnvVar FromKey(ConfigMapKeySelector selector) =>
        new() { Name = "V", ValueFrom = new() { ConfigMapKeyRef = selector } };

    private static EnvVar FromFile(string path, string key) => new()
    {
        Name = "V",
        ValueFrom = new() { FileKeyRef = new() { VolumeName = "shared", Path = path, Key = key } },
    };

    private static Task<ContainerEnvironment> Of(TestNode node, params EnvVar[] variables) =>
        Of(node, new Container { Name = "main", Env = variables });

    private static Task<ContainerEnvironment> Of(TestNode node, Container container)
    {
        Pod pod = TestNode.PodWith(TestNode.Volume("shared", new() { EmptyDir = new() }));
        pod = pod with
        {
            Metadata = pod.Metadata with { Annotations = ApiMap<string>.From([KeyValuePair.Create("x", "y")]) },
            Spec = pod.Spec with { NodeName = TestNode.Name, Containers = [container] },
        };
        return node.Environments.OfAsync(pod, container, ["10.1.0.5", "fd00::5"], default);
    }

    private static string Text(ContainerEnvironment environment)
    {
        Assert.Null(environment.Error);
        return string.Join('\n', environment.Variables.Select(static one => one.Key + "=" + one.Value));
    }

    private static void PutService(
        TestNode node, string @namespace, string name, string address, params (string Name, int Port)[] ports) =>
        node.Api.Put(new Service
        {
            Metadata = ObjectMeta.Empty with { Name = name, Namespace = @namespace },
            Spec = new()
            {
                ClusterIP = address,
                Ports = ports
                    .Select(static one => new ServicePort { Name = one.Name, Port = one.Port, Protocol = "TCP" })
                    .ToApiList(),
            },
        });
}
