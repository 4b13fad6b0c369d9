import FastJSON
import OptlabBasics

/// The payload `geo`: outlines on a map, long arrays of coordinates (the shape is RFC 7946's).
struct FeatureCollection: JSONModel, Decodable {
  struct Geometry: JSONModel, Decodable {
    var type: String
    /// Rings of points, each of longitude and latitude in degrees.
    var coordinates: [[[Double]]]

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("type", type).member("coordinates", coordinates).endObject()
    }
  }

  struct Properties: JSONModel, Decodable {
    var name: String

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject().member("name", name).endObject()
    }
  }

  struct Feature: JSONModel, Decodable {
    var type: String
    var properties: Properties
    var geometry: Geometry

    func write(to json: consuming JSONWriter) -> JSONWritten {
      json.beginObject()
        .member("type", type)
        .member("properties", properties)
        .member("geometry", geometry)
        .endObject()
    }
  }

  var type: String
  var features: [Feature]

  func write(to json: consuming JSONWriter) -> JSONWritten {
    json.beginObject().member("type", type).member("features", features).endObject()
  }
}

extension FeatureCollection {
  /// About 1 MB.
  static func document(seed: UInt64 = 3) -> JSONValue {
    var random = SeededGenerator(seed: seed)
    let features = (0..<24).map { number -> JSONValue in
      let rings = (0..<4).map { _ in ring(of: 260, &random) }
      return [
        "type": "Feature",
        "properties": ["name": .string("Region \(number)")],
        "geometry": ["type": "Polygon", "coordinates": .array(rings)],
      ]
    }
    return ["type": "FeatureCollection", "features": .array(features)]
  }

  /// A walk in small steps, which needs 15 to 17 digits a number, as converted maps do.
  private static func ring(of count: Int, _ random: inout SeededGenerator) -> JSONValue {
    var longitude = Double.random(in: -140 ... -55, using: &random)
    var latitude = Double.random(in: 42...83, using: &random)
    return .array(
      (0..<count).map { _ in
        longitude += Double.random(in: -0.05...0.05, using: &random)
        latitude += Double.random(in: -0.02...0.02, using: &random)
        return [.double(longitude), .double(latitude)]
      })
  }
}
