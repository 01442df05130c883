using Keelson.Machinery.Values;

namespace Keelson.Api.ApiExtensions.V1;

/// <summary>
/// A definition as upstream's rules see it: what all versions have the same stands once, above the versions. The paths in
/// errors tell, e.g. <c>spec.validation</c> instead of <c>spec.versions[0].schema</c>.
/// </summary>
internal sealed class CustomResourceView
{
    public CustomResourceView(CustomResourceDefinitionSpec spec)
    {
        CustomResourceDefinitionVersion[] versions = [.. spec.Versions];
        if (versions.Length == 0)
        {
            return;
        }

        CustomResourceDefinitionVersion first = versions[0];
        Schema = first.Schema is not null && versions.All(one => one.Schema == first.Schema) ? first.Schema : null;
        Subresources = first.Subresources is not null && versions.All(one => one.Subresources == first.Subresources)
            ? first.Subresources
            : null;
        Columns = versions.All(one => one.AdditionalPrinterColumns == first.AdditionalPrinterColumns)
            ? first.AdditionalPrinterColumns
            : default;
        SelectableFields = versions.All(one => one.SelectableFields == first.SelectableFields) ? first.SelectableFields : default;
        Versions =
        [
            .. versions.Select(one => one with
            {
                Schema = Schema is null ? one.Schema : null,
                Subresources = Subresources is null ? one.Subresources : null,
                AdditionalPrinterColumns = Columns.Count == 0 ? one.AdditionalPrinterColumns : default,
                SelectableFields = SelectableFields.Count == 0 ? one.SelectableFields : default,
            }),
        ];
    }

    /// <summary>The schema of all versions; null when they differ.</summary>
    public CustomResourceValidation? Schema { get; }

    /// <summary>The subresources of all versions; null when they differ.</summary>
    public CustomResourceSubresources? Subresources { get; }

    /// <summary>The columns of all versions; empty when they differ.</summary>
    public ApiList<CustomResourceColumnDefinition> Columns { get; }

    /// <summary>The selectable fields of all versions; empty when they differ.</summary>
    public ApiList<SelectableField> SelectableFields { get; }

    /// <summary>The versions without what stands above them.</summary>
    public ApiList<CustomResourceDefinitionVersion> Versions { get; }
}
