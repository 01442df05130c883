using Keelson.Api.Core.V1;

namespace Keelson.Nodes.Pods;

/// <summary>What the runtime has of one pod; read again when there is a reason to think that it is not as it
/// was.</summary>
/// <param name="pictures">Reads from the runtime.</param>
internal sealed class LatestPicture(RuntimePictures pictures)
{
    private volatile bool _isStale = true;
    private PodPicture? _known;

    /// <summary>Says that there is such a reason. What is being read meanwhile counts as old, too.</summary>
    public void Distrust() => _isStale = true;

    /// <summary>The picture.</summary>
    /// <param name="uid">The pod's.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PodPicture> ReadAsync(string uid, CancellationToken cancellationToken)
    {
        if (_isStale || _known is null)
        {
            _isStale = false;
            try
            {
                _known = await pictures.ReadAsync(uid, cancellationToken);
            }
            catch
            {
                _isStale = true;
                throw;
            }
        }

        return _known;
    }

    /// <summary>
    /// True when the runtime has nothing new for a change of a pod: that of a status, which in most cases is our own
    /// write. It may have conditions of others in it.
    /// </summary>
    public static bool OutlivesChange(Pod before, Pod after) =>
        after.Spec == before.Spec
        && before.Metadata == after.Metadata with
        {
            ResourceVersion = before.Metadata.ResourceVersion,
            ManagedFields = before.Metadata.ManagedFields,
        };
}
