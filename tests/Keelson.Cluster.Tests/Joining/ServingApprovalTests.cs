using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keelson.Api.Certificates.V1;
using Keelson.Api.Core.V1;
using Keelson.Api.Meta.V1;
using Keelson.Cluster.Joining;
using Keelson.Machinery.Values;

namespace Keelson.Cluster.Tests.Joining;

/// <summary>Which serving certificates nodes get without anybody looking.</summary>
public sealed class ServingApprovalTests
{
    private static readonly ServingApproval Rules = new()
    {
        Nodes = [Named("one", "10.0.0.1", "host-one"), Named("two", "10.0.0.2", "host-two"), Greedy()],
        ServiceRanges = [IPNetwork.Parse("10.96.0.0/16")],
        ControlPlane = ([IPAddress.Parse("10.0.0.9")], ""),
    };

    [Fact]
    public void A_node_gets_its_own_names_and_addresses()
    {
        Assert.Null(Objection("two", ["two", "10.0.0.2"]));
        Assert.Null(Objection("one", ["host-one", "one"]));
        Assert.Null(Objection("two", ["10.0.0.2"]));
    }

    [Theory]
    [InlineData("one", "10.0.0.2", "10.0.0.2 is no address of node one alone")]
    [InlineData("one", "10.0.0.77", "10.0.0.77 is no address of node one alone")]
    [InlineData("one", "two", "two is no name of node one alone")]
    [InlineData("greedy", "10.0.0.1", "10.0.0.1 is no address of node greedy alone")]
    [InlineData("greedy", "10.96.0.1", "10.96.0.1 is no address of node greedy alone")]
    [InlineData("greedy", "127.0.0.1", "127.0.0.1 is no address of node greedy alone")]
    [InlineData("greedy", "10.0.0.9", "10.0.0.9 is no address of node greedy alone")]
    [InlineData("greedy", "kubernetes.default.svc", "kubernetes.default.svc is no name of node greedy alone")]
    [InlineData("greedy", "kubernetes", "kubernetes is no name of node greedy alone")]
    [InlineData("greedy", "localhost", "localhost is no name of node greedy alone")]
    [InlineData("absent", "10.0.0.1", "there is no node absent")]
    public void What_is_somebody_elses_waits_for_an_administrator(string node, string name, string objection) =>
        Assert.Equal(objection, Objection(node, [name]));

    [Fact]
    public void Only_a_node_asks_for_itself()
    {
        CertificateSigningRequest own = Request("one", ["one"]);
        Assert.Equal(
            "system:node:two asks for a certificate of system:node:one",
            Rules.Objection(own with { Spec = own.Spec with { Username = "system:node:two" } }));
        Assert.NotNull(Rules.Objection(own with { Spec = own.Spec with { Groups = default } }));
        Assert.Equal(
            "usages did not match [digital signature key encipherment server auth]",
            Rules.Objection(own with { Spec = own.Spec with { Usages = new[] { "client auth" } } }));
        Assert.True(ServingApproval.IsOpen(own));
        Assert.False(ServingApproval.IsOpen(
            own with { Spec = own.Spec with { SignerName = "kubernetes.io/kube-apiserver-client-kubelet" } }));
    }

    private static string? Objection(string node, string[] names) => Rules.Objection(Request(node, names));

    private static CertificateSigningRequest Request(string node, string[] names)
    {
        SubjectAlternativeNameBuilder alternative = new();
        foreach (string one in names)
        {
            if (IPAddress.TryParse(one, out IPAddress? address))
            {
                alternative.AddIpAddress(address);
            }
            else
            {
                alternative.AddDnsName(one);
            }
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"O=system:nodes, CN=system:node:{node}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(alternative.Build());
        return new CertificateSigningRequest
        {
            Metadata = ObjectMeta.Empty with { Name = "csr" },
            Spec = new CertificateSigningRequestSpec
            {
                Request = Bytes.FromText(request.CreateSigningRequestPem()),
                SignerName = "kubernetes.io/kubelet-serving",
                Usages = new[] { "digital signature", "server auth" },
                Username = "system:node:" + node,
                Groups = new[] { "system:nodes", "system:authenticated" },
            },
        };
    }

    private static Node Named(string name, string address, string host) => new()
    {
        Metadata = ObjectMeta.Empty with { Name = name },
        Status = new NodeStatus
        {
            Addresses = new[] { Address("InternalIP", address), Address("Hostname", host) },
        },
    };

    /// <summary>A node that says of itself what it likes.</summary>
    private static Node Greedy() => Named("greedy", "10.0.0.3", "localhost") with
    {
        Status = new NodeStatus
        {
            Addresses = ((string[])["10.0.0.1", "10.96.0.1", "127.0.0.1", "10.0.0.9"])
                .Select(static one => Address("InternalIP", one))
                .Concat(((string[])["kubernetes.default.svc", "kubernetes", "localhost"])
                    .Select(static one => Address("Hostname", one)))
                .ToApiList(),
        },
    };

    private static NodeAddress Address(string type, string address) => new() { Type = type, Address = address };
}
