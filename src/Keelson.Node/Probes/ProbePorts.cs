using System.Globalization;
using Keelson.Api.Core.V1;
using Keelson.Machinery.Values;

namespace Keelson.Nodes.Probes;

/// <summary>Ports of containers by number or name.</summary>
internal static class ProbePorts
{
    /// <summary>The port's number.</summary>
    /// <exception cref="FormatException">There is no such port.</exception>
    public static int Resolve(IntOrString port, Container container)
    {
        if (!port.IsText)
        {
            return port.Number is > 0 and < 65536
                ? port.Number
                : throw new FormatException($"invalid port number: {port.Number}");
        }

        foreach (ContainerPort one in container.Ports)
        {
            if (one.Name == port.Text)
            {
                return one.ContainerPortValue;
            }
        }

        return int.TryParse(port.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"couldn't find port: {port.Text} in container");
    }
}
