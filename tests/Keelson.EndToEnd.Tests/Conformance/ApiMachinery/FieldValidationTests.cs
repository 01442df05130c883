using System.Net;
using System.Text.Json.Nodes;
using Keelson.EndToEnd.Tests.Controllers;

namespace Keelson.EndToEnd.Tests.Conformance.ApiMachinery;

/// <summary>Fields that a kind does not have, and fields that come twice.</summary>
public sealed class FieldValidationTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private const string Area = "[sig-api-machinery] FieldValidation";
    private const string Strict = "?fieldValidation=Strict";

    [Fact]
    [Conformance(Area, "should detect unknown and duplicate fields of a typed object")]
    public async Task Should_detect_unknown_and_duplicate_fields_of_a_typed_object()
    {
        const string deployment =
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"odd","labels":{"app":"nginx"}},
             "spec":{"unknown1":"val1","unknownDupe":"valDupe","unknownDupe":"valDupe2","paused":true,"paused":false,
              "selector":{"matchLabels":{"app":"nginx"}},"template":{"metadata":{"labels":{"app":"nginx"}},
              "spec":{"containers":[{"name":"nginx","image":"nginx:latest","unknownNested":"val1"}]}}}}
            """;
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode refused = await space.Deployments.RefusedAsync(
            HttpMethod.Post, Strict, deployment, "application/json", HttpStatusCode.BadRequest);
        const string found =
            "strict decoding error: unknown field \"spec.template.spec.containers[0].unknownNested\", "
            + "unknown field \"spec.unknown1\", unknown field \"spec.unknownDupe\", duplicate field \"spec.paused\"";
        string message = refused.Text("message");
        foreach (string part in (string[])["strict decoding error: ", "unknown field \"spec.unknown1\"",
            "unknown field \"spec.unknownDupe\"", "duplicate field \"spec.paused\"",
            "unknown field \"spec.template.spec.containers[0].unknownNested\""])
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }

        Assert.Equal(found.Length, message.Length - message.IndexOf("strict", StringComparison.Ordinal));
        Assert.Empty(await space.Deployments.ListAsync());

        // Without strictness it is taken, with warnings.
        using StringContent body = new(deployment, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage taken = await cluster.Client.PostAsync(
            new Uri(space.Deployments.Path + "?fieldValidation=Warn", UriKind.Relative), body);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Contains("299 - \"unknown field \\\"spec.unknown1\\\"\"", taken.Headers.GetValues("Warning"));
        Assert.Contains("299 - \"duplicate field \\\"spec.paused\\\"\"", taken.Headers.GetValues("Warning"));
    }

    [Fact]
    [Conformance(Area, "should detect unknown metadata fields of a typed object")]
    public async Task Should_detect_unknown_metadata_fields_of_a_typed_object()
    {
        const string deployment =
            """
            {"apiVersion":"apps/v1","kind":"Deployment",
             "metadata":{"name":"odd","unknownMeta":"foo","labels":{"app":"nginx"}},
             "spec":{"selector":{"matchLabels":{"app":"nginx"}},
              "template":{"metadata":{"labels":{"app":"nginx"},"unknownEmbedded":"bar"},
              "spec":{"containers":[{"name":"nginx","image":"nginx:latest"}]}}}}
            """;
        Workspace space = await Workspace.CreateAsync(cluster);
        JsonNode refused = await space.Deployments.RefusedAsync(
            HttpMethod.Post, Strict, deployment, "application/json", HttpStatusCode.BadRequest);
        Assert.Contains("unknown field \"metadata.unknownMeta\"", refused.Text("message"), StringComparison.Ordinal);
        Assert.Contains(
            "unknown field \"spec.template.metadata.unknownEmbedded\"", refused.Text(
                "message"), StringComparison.Ordinal);
        Assert.Empty(await space.Deployments.ListAsync());
    }
}
