using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Server.Verbs;

namespace Keelson.Server.Admission;

/// <summary>What a write does to an object.</summary>
public enum AdmissionOperation
{
    /// <summary>A new object, or a call of a subresource that creates.</summary>
    Create,

    /// <summary>A change.</summary>
    Update,

    /// <summary>A deletion.</summary>
    Delete,

    /// <summary>A connection: exec, attach, portforward, proxy.</summary>
    Connect,
}

/// <summary>A write on its way through admission. Mutating plugins replace <see cref="Object"/>.</summary>
public sealed class AdmissionContext(ApiRequest request, AdmissionOperation operation, IObject? obj, IObject? oldObject)
{
    /// <summary>The call.</summary>
    public ApiRequest Request { get; } = request;

    /// <summary>What is done.</summary>
    public AdmissionOperation Operation { get; } = operation;

    /// <summary>The object as it is to be written; null for deletions.</summary>
    public IObject? Object { get; set; } = obj;

    /// <summary>The object as it is stored; null for creations.</summary>
    public IObject? OldObject { get; } = oldObject;

    /// <summary>A deletion's options.</summary>
    public DeleteOptions? DeleteOptions { get; init; }

    /// <summary>The names of the kind called.</summary>
    public KindInfo Kind => Request.Kind.Info;

    /// <summary>
    /// The name to call the object by: the call's own, else the object's, which may only be what its name is to begin
    /// with.
    /// </summary>
    public string ObjectName
    {
        get
        {
            if (Request.Name.Length > 0)
            {
                return Request.Name;
            }

            ObjectMeta? metadata = Object?.Metadata;
            return metadata switch
            {
                { Name.Length: > 0 } => metadata.Name,
                { GenerateName.Length: > 0 } => metadata.GenerateName,
                _ => "Unknown",
            };
        }
    }

    /// <summary>The refusal of this write, for a reason.</summary>
    public Status Forbidden(string reason) => ApiErrors.Forbidden(Kind.Group, Kind.Resource, ObjectName, reason);

    /// <summary>True when the call goes to this resource (in any version) and subresource.</summary>
    public bool Is(string group, string resource, string subresource = "") =>
        Kind.Resource == resource && Kind.Group == group && Request.Subresource == subresource;
}

/// <summary>An admission plugin. Its name is upstream's, as <c>--enable-admission-plugins</c> takes it.</summary>
public interface IAdmissionPlugin
{
    /// <summary>The plugin's name.</summary>
    string Name { get; }

    /// <summary>True for the operations the plugin looks at; saves the call otherwise.</summary>
    bool Handles(AdmissionOperation operation);

    /// <summary>May change the object or refuse it; null lets it pass.</summary>
    ValueTask<Status?> AdmitAsync(AdmissionContext context, CancellationToken cancellationToken) => new((Status?)null);

    /// <summary>May refuse the object as it will be stored; null lets it pass.</summary>
    ValueTask<Status?> ValidateAsync(AdmissionContext context, CancellationToken cancellationToken) =>
        new((Status?)null);
}
