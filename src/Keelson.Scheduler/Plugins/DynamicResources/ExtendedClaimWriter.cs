using System.Text.Json.Nodes;
using Keelson.Api.Core.V1;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Client;
using Keelson.Client.Informers;
using Keelson.Scheduler.Framework;
using Keelson.Scheduler.Metrics;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Plugins.DynamicResources;

/// <summary>Makes the claims that stand for extended resources, beside the scheduling loop.</summary>
internal sealed class ExtendedClaimWriter(PluginContext context)
{
    private readonly IInformer<Claim> _claims = context.Informers.Of<Claim>();

    /// <summary>Makes a claim, which the informer shows then; otherwise what went wrong.</summary>
    public async Task<(Claim? Claim, string? Problem)> CreateAsync(Claim claim, CancellationToken cancellationToken)
    {
        Claim written = claim with { Metadata = claim.Metadata with { Uid = "" } };
        ApiResult<Claim> created = await context.Client.CreateAsync(written, cancellationToken);
        SchedulerMetrics.ClaimCreated(created.Error is null);
        if (!created.TryGet(out Claim? made, out Status? error))
        {
            return (null, $"create claim for extended resources {claim.Metadata.Namespace}/: {error.Message}");
        }

        await _claims.ReachedAsync(ResourceVersions.Number(made.Metadata.ResourceVersion), cancellationToken);
        return (made, null);
    }

    /// <summary>Shows in a pod's status which claim stands for its extended resources; what went wrong, or
    /// null.</summary>
    public async Task<string?> ShowAsync(
        Claim claim,
        IReadOnlyList<ContainerExtendedResourceRequest> mappings,
        Pod pod,
        CancellationToken cancellationToken)
    {
        JsonArray requests = [.. mappings.Select(static JsonNode (one) => new JsonObject
        {
            ["containerName"] = one.ContainerName,
            ["resourceName"] = one.ResourceName,
            ["requestName"] = one.RequestName,
        })];
        JsonObject patch = new()
        {
            ["status"] = new JsonObject
            {
                ["extendedResourceClaimStatus"] = new JsonObject
                {
                    ["requestMappings"] = requests,
                    ["resourceClaimName"] = claim.Metadata.Name,
                },
            },
        };
        (string @namespace, string name) = (pod.Metadata.Namespace, pod.Metadata.Name);
        ApiResult<Pod> written =
            await context.Client.PatchAsync<Pod>(@namespace, name, patch, cancellationToken, subresource: "status");
        return written.Error is { } error
            ? $"update pod {@namespace}/{name} ExtendedResourceClaimStatus: {error.Message}"
            : null;
    }
}
