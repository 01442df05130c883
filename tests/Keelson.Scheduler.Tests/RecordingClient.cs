using System.Text;
using Keelson.Api.Kinds;
using Keelson.Client;
using Claim = Keelson.Api.Resource.V1.ResourceClaim;

namespace Keelson.Scheduler.Tests;

/// <summary>A client that grants everything and remembers it. What it makes is called <c>made</c>.</summary>
internal sealed class RecordingClient : AgreeingClient
{
    public List<IObject> Created { get; } = [];

    public List<IObject> Updated { get; } = [];

    public List<string> Patches { get; } = [];

    public override ValueTask<ApiResult<IObject>> CreateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        Created.Add(obj);
        Claim claim = (Claim)obj;
        return new(ApiResult<IObject>.Of(claim with
        {
            Metadata = claim.Metadata with { Name = "made", Uid = "made-uid", ResourceVersion = "1" },
        }));
    }

    public override ValueTask<ApiResult<IObject>> UpdateAsync(
        ObjectPath path, IObject obj, WriteRequest request, CancellationToken cancellationToken)
    {
        Updated.Add(obj);
        return base.UpdateAsync(path, obj, request, cancellationToken);
    }

    public override ValueTask<ApiResult<IObject>> PatchAsync(
        ObjectPath path, PatchType type, byte[] patch, WriteRequest request, CancellationToken cancellationToken)
    {
        Patches.Add(Encoding.UTF8.GetString(patch));
        return base.PatchAsync(path, type, patch, request, cancellationToken);
    }
}
